"""Every act asks for a permission and a scope, or stands by name with the reason why not."""

from kernel.acts import registry
from tests.authorization import doing


def test_an_act_without_a_permission_is_a_known_one():
    without = {name for name, act in doing.acts().items() if act.permission is None}

    assert without == doing.NO_PERMISSION.keys()


def test_an_act_of_the_whole_practice_is_a_known_one():
    without = {name for name, act in doing.acts().items() if act.scope is None}

    assert without == doing.NO_SCOPE.keys()


def test_acts_that_go_by_relationship_are_tried_on_somebody_elses_row():
    by_relationship = {
        name for name, why in doing.NO_SCOPE.items() if why in {doing._FILE, doing._OWN}
    }

    tried = {name.partition(",")[0] for name in doing.RELATED}
    assert by_relationship - tried == doing.NOBODY_ELSES
    assert tried <= registry.keys()


def test_every_act_is_done_by_who_may_and_refused_to_the_others(world):
    assert doing.problems(world) == []
