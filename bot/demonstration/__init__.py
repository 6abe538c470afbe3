"""Five made-up people with a year behind them, made through the companion's own services."""

from bot.demonstration.home import is_demo_home, open_or_make
from bot.demonstration.making import Made, MadePerson, MadeStaff, make_or_find

__all__ = ["Made", "MadePerson", "MadeStaff", "is_demo_home", "make_or_find", "open_or_make"]
