"""What every page of one change shares: a form is shown, refused in its place, or done, and it goes on from there."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from vatra.kernel.refused import Refused

from .fields import as_error


def acting(request: HttpRequest) -> dict[str, Any]:
    """Who does it, and when: what every command asks."""
    return {"actor": request.actor, "at": timezone.now()}


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def edited(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], Any],
    onward: Callable[[Any], HttpResponse], *, done: str = "", template: str, context: Mapping[str, Any],
) -> HttpResponse:  # fmt: skip
    """`act` does it with what was typed, `done` is said of it, and `onward` leads on from what `act` gave."""
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                made = act(form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, as_error(refusal))
            else:
                if done:
                    messages.success(request, done)
                return onward(made)
    return render(request, template, {**context, "form": form}, status=status)
