"""What an answer costs by the official definition of ITC-2007's examination track.

Plain Python, student by student and room by room, with nothing of the planner in it: it is here to
catch the planner out.
"""

from benchmarks.itc2007_files import Instance

Places = list[tuple[int, int]]  # (period, room) of each exam


def soft_cost(instance: Instance, places: Places) -> dict[str, int]:
    """Price each thing the institution would rather not have; the cost is the sum."""
    row, day, spread = student_cost(instance, places)
    largest, last, weight = instance.front_load
    by_size = sorted(
        range(len(instance.exams)), key=lambda exam: -len(instance.exams[exam].students)
    )
    late = len(instance.periods) - last
    return {
        "two_in_a_row": instance.two_in_a_row * row,
        "two_in_a_day": instance.two_in_a_day * day,
        "period_spread": spread,
        "mixed_durations": instance.mixed_durations * mixed_durations(instance, places),
        "front_load": weight * sum(places[exam][0] >= late for exam in by_size[:largest]),
        "room_penalty": sum(instance.rooms[room].penalty for _, room in places),
        "period_penalty": sum(instance.periods[period].penalty for period, _ in places),
    }


def student_cost(instance: Instance, places: Places) -> tuple[int, int, int]:
    """Count students' pairs of exams in a row, in a day but not in a row, and within the spread."""
    own: dict[int, list[int]] = {}
    for exam, (period, _room) in zip(instance.exams, places, strict=True):
        for student in exam.students:
            own.setdefault(student, []).append(period)
    row = day = spread = 0
    for periods in own.values():
        periods.sort()
        for index, first in enumerate(periods):
            for second in periods[index + 1 :]:
                gap = second - first
                same = instance.periods[first].date == instance.periods[second].date
                row += same and gap == 1
                day += same and gap > 1
                spread += 0 < gap <= instance.period_spread
    return row, day, spread


def mixed_durations(instance: Instance, places: Places) -> int:
    """Count durations beyond the first in each room of each period."""
    durations: dict[tuple[int, int], set[int]] = {}
    for exam, place in zip(instance.exams, places, strict=True):
        durations.setdefault(place, set()).add(exam.duration)
    return sum(len(different) - 1 for different in durations.values())


def hard_violations(instance: Instance, places: Places) -> dict[str, int]:
    """Count what is broken of each hard rule; an answer is feasible when all are 0."""
    return {
        "conflicts": conflicts(instance, places),
        "room_occupancy": crowded_rooms(instance, places),
        "period_utilisation": sum(
            exam.duration > instance.periods[period].length
            for exam, (period, _room) in zip(instance.exams, places, strict=True)
        ),
        "period_related": period_rules(instance, places),
        "room_related": room_rules(instance, places),
    }


def conflicts(instance: Instance, places: Places) -> int:
    """Count pairs of exams with a student in common in one period."""
    sitting: dict[int, list[int]] = {}
    for exam, (period, _room) in enumerate(places):
        sitting.setdefault(period, []).append(exam)
    students = [set(exam.students) for exam in instance.exams]
    return sum(
        not students[first].isdisjoint(students[second])
        for exams in sitting.values()
        for index, first in enumerate(exams)
        for second in exams[index + 1 :]
    )


def crowded_rooms(instance: Instance, places: Places) -> int:
    """Count rooms and periods with more students than seats."""
    seated: dict[tuple[int, int], int] = {}
    for exam, place in zip(instance.exams, places, strict=True):
        seated[place] = seated.get(place, 0) + len(exam.students)
    return sum(count > instance.rooms[room].seats for (_period, room), count in seated.items())


def period_rules(instance: Instance, places: Places) -> int:
    """Count broken rules on two exams; coincidence is not asked of exams with common students."""
    broken = sum(places[later][0] <= places[earlier][0] for later, earlier in instance.after)
    broken += sum(places[one][0] == places[other][0] for one, other in instance.exclusion)
    for one, other in instance.coincidence:
        common = set(instance.exams[one].students) & set(instance.exams[other].students)
        broken += not common and places[one][0] != places[other][0]
    return broken


def room_rules(instance: Instance, places: Places) -> int:
    """Count exams that should have a room to themselves and do not."""
    return sum(places.count(places[exam]) > 1 for exam in instance.exclusive)
