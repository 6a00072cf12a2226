"""How long a search may go on: seconds for people, steps where an answer must be repeatable."""

from collections.abc import Mapping

from scheduling.planner.progress import Clock, Progress, Report

USUAL_SECONDS = 30.0
LOOK = 32  # steps between two looks at the clock
LEAST = 0.01  # seconds
TELL = 0.2  # seconds between two reports


class Budget:
    """Counts steps, looks at the clock now and then, and hears when somebody says stop."""

    def __init__(
        self, *, seconds: float | None, steps: int | None, clock: Clock, report: Report
    ) -> None:
        usual = USUAL_SECONDS if steps is None else None
        self.limit = usual if seconds is None else max(LEAST, seconds)
        self.most = None if steps is None else max(1, steps)
        self.clock, self.report = clock, report
        self.began = self.told = clock()
        self.steps = 0
        self.used = 0.0  # the share that was used up at the last look
        self.is_stopped = False

    @property
    def seconds(self) -> float:
        """The seconds since it began."""
        return self.clock() - self.began

    @property
    def left(self) -> float | None:
        """The seconds that are left, if seconds count."""
        return None if self.limit is None else max(0.0, self.limit - self.seconds)

    def is_over(self, share: float = 1.0) -> bool:
        """Whether a share of it is used up; one step is counted each time this is asked."""
        self.steps += 1
        if self.most:
            self.used = self.steps / self.most
        if self.limit and self.steps % LOOK == 0:
            self.used = max(self.used, self.seconds / self.limit)
        return self.is_stopped or self.used > share

    @property
    def is_due(self) -> bool:
        """Whether it is time for another report."""
        return not self.is_stopped and self.clock() - self.told >= TELL

    def tell(self, best: float, parts: Mapping[str, float], *, feasible: bool) -> None:
        """Report the best so far, at most a few times a second; nobody is told after a stop."""
        if self.is_due:
            self.told = self.clock()
            state = Progress(best, self.told - self.began, self.steps, feasible, dict(parts))
            self.is_stopped = not self.report(state)
