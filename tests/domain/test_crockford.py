from webapp.domain.crockford import grouped, is_written_in, plain


def test_what_is_copied_by_hand_is_read_as_it_was_meant():
    assert plain(" 7k3m-9q2t–il0o　ｆ") == "7K3M9Q2T1100F"
    assert grouped("7K3M9Q2T0000") == "7K3M-9Q2T-0000"


def test_only_so_many_of_its_characters_are_a_code():
    assert is_written_in("7K3M", 4)
    assert not is_written_in("7K3M", 5)
    assert not is_written_in("7K3U", 4)
