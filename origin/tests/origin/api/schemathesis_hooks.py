"""What a schema cannot say of the cases that Schemathesis makes."""

import itertools

import schemathesis

KEY = "Idempotency-Key"

bookings = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Gives each booking a key of its own: one that names another booking is refused, and rightly so."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.headers and KEY in case.headers:
        number = f"{next(bookings):08}"
        case.headers[KEY] = number + case.headers[KEY][len(number) :]
