"""The NHS number's check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.nhs_number import is_nhs_number


@pytest.mark.parametrize("number", ["9434765919", "9990000042", "4010232137"])
def test_a_number_with_its_check_digit(number: str) -> None:
    assert is_nhs_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "943476591",
        "94347659199",
        "943 476 5919",
        "943476591X",
        "-434765919",
        "٩٤٣٤٧٦٥٩١٩",
        "９４３４７６５９１９",  # noqa: RUF001
        "943476591²",
    ],
)
def test_what_is_not_ten_plain_digits_is_no_number(number: str) -> None:
    assert not is_nhs_number(number)


@pytest.mark.parametrize("digit", "0123456789")
def test_one_digit_ten_times_is_what_people_type_for_not_known(digit: str) -> None:
    assert not is_nhs_number(digit * 10)


def check_digit(nine: str) -> int:
    """Counted another way than the program does: 10 times the first digit, down to 2 times."""
    weighted = sum((10 - place) * int(digit) for place, digit in enumerate(nine))
    return (-weighted) % 11


nines = st.text("0123456789", min_size=9, max_size=9).filter(lambda nine: len(set(nine)) > 1)


@given(nines)
def test_exactly_one_last_digit_fits_and_none_where_it_would_be_ten(nine: str) -> None:
    fitting = [digit for digit in range(10) if is_nhs_number(f"{nine}{digit}")]
    assert fitting == ([check_digit(nine)] if check_digit(nine) < 10 else [])


@given(nines.filter(lambda nine: check_digit(nine) < 10), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(nine: str, place: int, more: int) -> None:
    number = f"{nine}{check_digit(nine)}"
    wrong = str((int(number[place]) + more) % 10)
    assert not is_nhs_number(number[:place] + wrong + number[place + 1 :])
