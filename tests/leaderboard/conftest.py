"""As in tests/compare."""

from tests.compare.conftest import field, stripes  # noqa: F401
