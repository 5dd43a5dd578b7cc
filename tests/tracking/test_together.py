import threading
from collections.abc import Sequence

import pytest

from tracking.together import Together


def test_each_gets_its_own_answer_and_those_that_came_meanwhile_are_one_call():
    calls: list[list[int]] = []
    is_writing, may_go_on = threading.Event(), threading.Event()

    def write(items: Sequence[int]) -> list[str]:
        calls.append(list(items))
        is_writing.set()
        may_go_on.wait(timeout=5)
        return [f"answer {item}" for item in items]

    note = Together(write, otherwise="")
    answers: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda item=item: answers.update({item: note(item)}))
        for item in range(4)
    ]
    threads[0].start()
    is_writing.wait(timeout=5)
    for thread in threads[1:]:
        thread.start()
    while len(note._waiting) < 3:
        pass
    may_go_on.set()
    for thread in threads:
        thread.join(timeout=5)

    assert answers == {item: f"answer {item}" for item in range(4)}
    assert calls[0] == [0]
    assert [sorted(call) for call in calls[1:]] == [[1, 2, 3]]


def test_after_a_failure_the_next_is_written_again():
    def write(items: Sequence[int]) -> list[bool]:
        if items == [1]:
            raise ZeroDivisionError
        return [True]

    note = Together(write, otherwise=False)

    with pytest.raises(ZeroDivisionError):
        note(1)
    assert note(2) is True
