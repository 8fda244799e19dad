import pytest

from webapp.domain.correction import checked_field
from webapp.domain.errors import Invalid


@pytest.mark.parametrize("name", ["", "id_number", "name "])
def test_only_the_fields_of_the_list_are_contested(name: str) -> None:
    with pytest.raises(Invalid):
        checked_field(name)
