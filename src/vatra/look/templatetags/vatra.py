"""Tags that every page uses: text of packs, money, days."""

from django import template

register = template.Library()
