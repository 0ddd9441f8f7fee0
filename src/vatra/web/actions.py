"""Every view declares the action it needs; a guard test finds one that does not."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from vatra.foundation.access.queries import require
from vatra.kernel.refused import NoGrant

View = Callable[..., HttpResponse]
PUBLIC = "public"
SIGNED_IN = "signed_in"


def needs(action: str) -> Callable[[View], View]:
    """Declare a view's action. `PUBLIC` needs nobody, `SIGNED_IN` anybody signed in; anything else is checked by
    role here, and on the record itself by `visible_to`."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if action != PUBLIC and request.actor is None:
                return redirect_to_login(request.get_full_path())
            return view(request, *args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return wrap


__all__ = ["PUBLIC", "SIGNED_IN", "NoGrant", "needs", "require"]
