"""Style sheets and pictures, as they were collected when the image was built."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

TOWN_PREFIX = "town/"


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Whitenoise, which also knows the town's own pictures under /static/town/.

    They are the town's and not in the image; new ones are seen when the process starts again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        pictures = settings.TOWN_PICTURES_DIR
        if pictures is not None and not settings.WHITENOISE_USE_FINDERS:
            self.add_files(str(pictures), prefix=settings.STATIC_URL + TOWN_PREFIX)
