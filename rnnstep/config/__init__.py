"""The reader's configuration: how the screen looks, which keys do what, what is done at the start.

Floor 5. It is a TOML file; a mistake in it is an error that names file, line and key.
"""

from rnnstep.config.config import Config
from rnnstep.config.file import VARIABLE, config_path, find_config, read_config

__all__ = ["VARIABLE", "Config", "config_path", "find_config", "read_config"]
