import threading
import time
from concurrent.futures import ThreadPoolExecutor

from embeddings.turns import Turns


def test_no_more_at_once_than_there_are_turns() -> None:
    turns, lock, now, most = Turns(2), threading.Lock(), 0, 0

    def work(_: int) -> None:
        nonlocal now, most
        with turns.turn():
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.001)
            with lock:
                now -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(60)))
    assert most == 2


def test_who_asks_first_comes_first_even_before_one_that_asks_again_and_again() -> None:
    turns, order, asked = Turns(1), [], threading.Event()

    def patient() -> None:
        asked.set()
        with turns.turn():
            order.append("patient")

    with turns.turn():
        waiting = threading.Thread(target=patient)
        waiting.start()
        asked.wait()
        while not turns._waiting:
            time.sleep(0.001)
    for _ in range(3):
        with turns.turn():
            order.append("greedy")
    waiting.join()
    assert order == ["patient", "greedy", "greedy", "greedy"]


def test_a_turn_that_fails_is_given_back() -> None:
    turns = Turns(1)
    for _ in range(2):
        try:
            with turns.turn():
                raise ValueError
        except ValueError:
            pass
    with turns.turn():
        pass


def test_one_that_stops_waiting_takes_no_turn_along() -> None:
    turns = Turns(1)
    with turns.turn():
        gone = threading.Lock()
        turns._waiting.append(gone)
        turns._give_up(gone)
    assert turns._free == 1


def test_one_that_is_interrupted_as_its_turn_comes_passes_it_on() -> None:
    turns = Turns(1)
    turns._take()
    late = threading.Lock()
    late.acquire()
    turns._waiting.append(late)
    turns._give()  # hands it to the late one
    turns._give_up(late)
    assert turns._free == 1
