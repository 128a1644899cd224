"""Makes series of several rules, with moved, renamed, deleted and all-day occurrences."""
import datetime

from common import account, at, main
from exchangelib import CalendarItem, EWSDate
from exchangelib.fields import MONDAY, THURSDAY, WEEK_DAY
from exchangelib.recurrence import (
    AbsoluteMonthlyPattern,
    AbsoluteYearlyPattern,
    DailyPattern,
    Recurrence,
    RelativeMonthlyPattern,
    WeeklyPattern,
)


def series(a, subject, pattern, first, **bounds):
    start = bounds.pop("start", at(2026, 3, first, 9))
    end = bounds.pop("end", at(2026, 3, first, 10))
    return CalendarItem(
        account=a, folder=a.calendar, subject=subject, start=start, end=end, is_all_day=bounds.pop("all_day", False),
        recurrence=Recurrence(pattern=pattern, start=datetime.date(2026, 3, first), **bounds),
    ).save()


def change(master, index, **values):
    o = master.occurrence(index=index)
    o.refresh()
    for name, value in values.items():
        setattr(o, name, value)
    o.save(update_fields=list(values))


def drop(master, index):
    o = master.occurrence(index=index)
    o.refresh()
    o.delete()


def run():
    a = account()
    m = series(a, "Fortnightly", WeeklyPattern(interval=2, weekdays=[MONDAY, THURSDAY], first_day_of_week=MONDAY), 16, number=7)
    change(m, 3, start=at(2026, 3, 31, 14), end=at(2026, 3, 31, 15, 30))  # of 30 March
    change(m, 5, subject="Renamed", location="Sali")  # of 13 April
    drop(m, 4)  # of 2 April
    m = series(a, "Month's end", AbsoluteMonthlyPattern(interval=1, day_of_month=31), 31)
    change(m, 2, start=at(2026, 4, 29, 9), end=at(2026, 4, 29, 10))  # of 30 April
    series(a, "Last working day", RelativeMonthlyPattern(interval=2, weekday=WEEK_DAY, week_number=5), 31, number=3)
    series(a, "Birthday", AbsoluteYearlyPattern(day_of_month=29, month=3), 29)
    m = series(
        a, "Shift", DailyPattern(interval=3), 27, all_day=True, start=EWSDate(2026, 3, 27), end=EWSDate(2026, 3, 28), number=5
    )
    change(m, 2, start=EWSDate(2026, 3, 31), end=EWSDate(2026, 3, 31))  # of 30 March
    drop(m, 3)  # of 2 April
    return {}


main(run)
