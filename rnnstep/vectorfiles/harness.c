/*
 * Runs a recurrent network over the cases of vectors.h and prints what it gives:
 *
 *     cc -std=c99 harness.c my_network.c -lm -o harness && ./harness > results.txt
 *     rnnstep check DIR --got results.txt
 *
 * my_network.c has one of two functions; -DRNN_STEP says that it is the second one.
 *
 *     void rnn_run(const rnn_real *x, int timesteps, const rnn_real *state,
 *                  rnn_real *y, rnn_real *final_state);
 *         x: timesteps rows of RNN_FEATURES; state: RNN_STATES numbers, the initial states;
 *         y: timesteps rows of RNN_OUTPUTS, to be filled in; final_state: RNN_STATES, too.
 *
 *     void rnn_step(const rnn_real *x, rnn_real *state, rnn_real *y);
 *         the same for one timestep: state is read and replaced.
 *
 * rnn_real is float or double; vectors.h says where each state stands in the row of states.
 */
#include <stdio.h>

#include "vectors.h"

#ifdef RNN_STEP
void rnn_step(const rnn_real *x, rnn_real *state, rnn_real *y);

static void rnn_run(const rnn_real *x, int timesteps, const rnn_real *state,
                    rnn_real *y, rnn_real *final_state)
{
    int t, i;

    for (i = 0; i < RNN_STATES; i++)
        final_state[i] = state[i];
    for (t = 0; t < timesteps; t++)
        rnn_step(x + t * RNN_FEATURES, final_state, y + t * RNN_OUTPUTS);
}
#else
void rnn_run(const rnn_real *x, int timesteps, const rnn_real *state,
             rnn_real *y, rnn_real *final_state);
#endif

/* >>> Yours: include or write the function here, unless it is in a file of its own. */

/* <<< */

static void print_row(const rnn_real *row, int count)
{
    int i;

    for (i = 0; i < count; i++)
        printf(" %.*g", RNN_DIGITS, (double)row[i]);
    printf("\n");
}

int main(void)
{
    static rnn_real y[RNN_LONGEST * RNN_OUTPUTS], state[RNN_STATES + 1];
    int number, t;

    for (number = 0; number < RNN_CASES; number++) {
        const struct rnn_case *one = &rnn_cases[number];

        rnn_run(one->x, one->timesteps, one->state, y, state);
        for (t = 0; t < one->timesteps; t++) {
            printf("%s %d", one->name, t);
            print_row(y + t * RNN_OUTPUTS, RNN_OUTPUTS);
        }
        if (RNN_STATES > 0) {
            printf("%s state", one->name);
            print_row(state, RNN_STATES);
        }
    }
    return 0;
}
