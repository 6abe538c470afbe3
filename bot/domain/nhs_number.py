"""The NHS number's check digit."""

from __future__ import annotations


def is_nhs_number(number: str) -> bool:
    """Whether ten digits carry a right check digit and are more than one digit ten times.

    Modulus 11, as the NHS Data Dictionary describes it for NHS NUMBER. Ten of the same digit
    always fit, and are what is typed where a number is not known.
    """
    if len(number) != 10 or not number.isascii() or not number.isdecimal():
        return False
    digits = [int(each) for each in number]
    total = sum(digit * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11 == digits[9] and len(set(digits)) > 1
