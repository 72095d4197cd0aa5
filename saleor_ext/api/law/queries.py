"""Questions about the law. Anybody may ask; nothing asked is kept."""

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.law import types
from saleor_ext.api.scalars import Yen
from saleor_ext.law import deduction_limit as limits
from saleor_ext.law import limit_tables

YEAR = "The calendar year of the donations; the present one if left out."


class LawQueries(graphene.ObjectType):
    """The deduction limit, from a salary, a withholding slip or a resident tax notice."""

    deduction_limit = graphene.Field(
        types.DeductionLimit,
        required=True,
        income_yen=graphene.Argument(Yen, required=True, description="給与収入"),
        family=graphene.Argument(types.Family, required=True),
        year=graphene.Int(description=YEAR),
    )
    deduction_limit_from_slip = graphene.Field(
        types.DeductionLimit,
        required=True,
        income_yen=graphene.Argument(Yen, required=True, description="給与所得控除後の金額"),
        social_insurance_yen=graphene.Argument(Yen, required=True),
        other_deductions_yen=graphene.Argument(Yen, default_value=0),
        has_spouse=graphene.Boolean(default_value=False),
        high_school=graphene.Int(default_value=0, description="Dependants of 16 to 18."),
        university=graphene.Int(default_value=0, description="Dependants of 19 to 22."),
        year=graphene.Int(description=YEAR),
    )
    deduction_limit_from_notice = graphene.Field(
        types.DeductionLimit,
        required=True,
        levy_yen=graphene.Argument(
            Yen, required=True, description="所得割額 of town and prefecture"
        ),
        other_credits_yen=graphene.Argument(Yen, default_value=0),
        taxable_yen=graphene.Argument(Yen, required=True, description="課税総所得金額"),
        personal_difference_yen=graphene.Argument(
            Yen, required=True, description="人的控除差調整額"
        ),
        year=graphene.Int(description=YEAR),
    )

    @staticmethod
    def resolve_deduction_limit(
        _root: None,
        info: GraphQLResolveInfo,
        income_yen: int,
        family: Any,
        year: int | None = None,
    ) -> limits.LimitResult:
        return limits.limit_from_salary(
            salary_yen=income_yen,
            household=limits.FAMILIES[types.FamilyKey(family).value].household,
            year=_year(info, year),
            tables=limit_tables.limit_tables(),
        )

    @staticmethod
    def resolve_deduction_limit_from_slip(
        _root: None,
        info: GraphQLResolveInfo,
        *,
        has_spouse: bool,
        high_school: int,
        university: int,
        year: int | None = None,
        **figures: int,
    ) -> limits.LimitResult:
        household = limits.Household(
            has_spouse=has_spouse, high_school=high_school, university=university
        )
        return limits.limit_from_slip(
            **figures,
            household=household,
            year=_year(info, year),
            tables=limit_tables.limit_tables(),
        )

    @staticmethod
    def resolve_deduction_limit_from_notice(
        _root: None, info: GraphQLResolveInfo, *, year: int | None = None, **figures: int
    ) -> limits.LimitResult:
        return limits.limit_from_notice(
            **figures, year=_year(info, year), tables=limit_tables.limit_tables()
        )


def _year(info: GraphQLResolveInfo, year: int | None) -> int:
    return info.context.today.year if year is None else year
