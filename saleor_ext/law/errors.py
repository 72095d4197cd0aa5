"""What the law's registers and calculators refuse."""

from saleor_ext.common.errors import Refusal


class LawDataInvalid(Exception):
    """A data file of the law cannot be used: a fault of whoever keeps the file, not of a reader."""


class LimitYearUnknown(Refusal):
    """The limit is not known for donations of this year."""

    code = "limit_year_unknown"


class LimitSalaryUnknown(Refusal):
    """The salary lies below the range for which the assumptions are known."""

    code = "limit_salary_unknown"


class LimitFigureInvalid(Refusal):
    """A figure is negative, or larger than anybody's income. `field` names it."""

    code = "limit_figure_invalid"


class LimitFamilyUnknown(Refusal):
    """No family of the Ministry's table has this name."""

    code = "limit_family_unknown"
