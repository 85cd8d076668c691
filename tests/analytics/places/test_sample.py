"""Five hundred towns with known answers, and the demo's."""

from collections import Counter

from tests.analytics.places.report import RIGHT, UNPLACED, WRONG, demo, sampled, table
from tests.analytics.places.sample import STRATA, cases


def test_the_sample_has_five_hundred_different_towns_in_their_strata() -> None:
    drawn = cases()
    assert Counter(case.stratum for case in drawn) == STRATA
    assert (len({(case.stratum, case.town) for case in drawn}), drawn) == (500, cases())


def test_at_most_one_in_a_hundred_is_placed_wrongly() -> None:
    answers = sampled()
    wrong = [(answer.stratum, answer.town) for answer in answers if answer.outcome == WRONG]
    assert len(wrong) <= len(answers) // 100, wrong


def test_a_misspelt_name_is_not_placed_at_another_city() -> None:
    outcomes = table(sampled(), "stratum")["misspelt"]
    assert (outcomes[WRONG], outcomes[UNPLACED] > outcomes[RIGHT]) == (0, True)


def test_what_is_spelt_right_is_found() -> None:
    spelt = [answer for answer in sampled() if answer.stratum != "misspelt"]
    lost = [(answer.stratum, answer.town) for answer in spelt if answer.outcome == UNPLACED]
    assert len(lost) <= len(spelt) // 100, lost


def test_every_town_of_the_demo_is_placed_and_all_but_one_by_its_airport() -> None:
    # San Jose without its accent is, as far as a name can tell, the larger one in California.
    assert [answer.town for answer in demo() if answer.outcome != RIGHT] == ["San Jose (SJO)"]
