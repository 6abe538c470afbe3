"""The NHS number's check digit."""

from __future__ import annotations


def is_nhs_number(number: str) -> bool:
    """Whether ten digits carry a right check digit.

    Modulus 11, as the NHS Data Dictionary describes it for NHS NUMBER.
    """
    if len(number) != 10 or not number.isascii() or not number.isdecimal():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return check == int(number[9])
