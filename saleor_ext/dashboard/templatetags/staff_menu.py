"""The staff menu in a template."""

from django import template
from django.template import Context

from saleor_ext.dashboard import menu

register = template.Library()


@register.inclusion_tag("dashboard/staff/menu.html", takes_context=True)
def staff_menu(context: Context) -> dict[str, object]:
    """This will show the rooms of the staff pages, and the pages of the room one is in."""
    found = menu.menu_of(principal=context["principal"], section=context.get("section", ""))
    return {"menu": found}
