"""The colour maps, a colour for each level: written by docs/make.py from cmap.

Not read from cmap at run time: importing it would take a tenth of a start.
"""

COLOURS = {
    "crameri:berlin": """
        9eb0ff 7eacf0 5ba4db 3e90bc 2e7699 235b75 1a4256 122c38 11191e
        190c09
        280d01 3b1100 501803 6c2711 8c402c a85a4a c4756a e1918b ffadad
    """,
    "crameri:vik": """
        001261 02286f 033e7d 06548b 1c6d9c 458bb0 71a8c4 9dc4d6 c9dde7
        ece5e0
        eacebd dfb298 d39774 c97e53 bd6431 a94512 8b2706 711307 590008
    """,
    "crameri:vanimo": """
        ffcdfd e9a5e0 d381c4 bd63aa a34b90 813570 5c244f 391931 23141d
        1a1513
        1b1e11 253014 36491a 486322 5b7e2b 6e9737 85b54d a0d772 befda5
    """,
    "colorbrewer:PuOr": """
        7f3b08 9c4b07 b75c07 d0730f e68d23 f7ac52 fdc57f fedbac fbead2
        f6f6f7
        e5e7f0 d4d4e8 bfbbda a79fca 8a7eb3 70589f 582e8c 42156c 2d004b
    """,
    "cmocean:balance": """
        181c43 252f6f 2942a2 0c5ebe 237aba 4b94ba 75aabe a1bec8 cad4d8
        f1eceb
        e4cbc4 daab9b d08b73 c66b4d b9452c a52125 860e29 600e22 3c0912
    """,
}
