"""Work off the window's thread."""

import threading

from jsna_desktop.app.tasks import Latest, Tasks


def test_a_task_works_elsewhere_and_tells_here(qtbot):
    tasks, seen, here = Tasks(), [], threading.get_ident()

    def work(progress):
        progress("half way", 0.5)
        return threading.get_ident()

    task = tasks.run("work", work, lambda thread: seen.append((thread, threading.get_ident())))
    task.progressed.connect(lambda message, fraction: seen.append((message, fraction)))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert seen[0] == ("half way", 0.5)
    thread, told = seen[1]
    assert thread != here
    assert told == here


def test_an_error_is_brought_back(qtbot):
    tasks, errors = Tasks(), []
    tasks.failed.connect(errors.append)
    tasks.run("work", lambda _progress: 1 / 0, lambda _result: errors.append("finished"))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert [type(error) for error in errors] == [ZeroDivisionError]


def test_cancelled_work_stops_at_its_next_step_and_finishes_nothing(qtbot):
    tasks, told, begun = Tasks(), [], threading.Event()

    def work(progress):
        begun.set()
        while True:
            progress("going on", None)

    task = tasks.run("work", work, lambda _result: told.append("finished"))
    task.cancelled.connect(lambda: told.append("cancelled"))
    assert begun.wait(5)
    task.cancel()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert told == ["cancelled"]


def test_only_the_newest_request_is_answered(qtbot):
    latest, answers, gate = Latest(), [], threading.Event()
    latest.finished.connect(answers.append)
    latest.ask(lambda _progress: gate.wait(5) and "first")
    for number in range(5):
        latest.ask(lambda _progress, number=number: number)
    gate.set()
    qtbot.waitUntil(lambda: not latest.busy)
    assert answers == ["first", 4]
