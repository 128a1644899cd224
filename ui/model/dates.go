package model

import (
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// WindowSides are the names of both sides, in the order of event.Side.
func WindowSides() [2]string {
	return [2]string{WindowSide(event.Business), WindowSide(event.Exchange)}
}

// weekday is a day's short name.
func weekday(t time.Time) string {
	return [...]string{
		say.T("Sun"), say.T("Mon"), say.T("Tue"), say.T("Wed"), say.T("Thu"), say.T("Fri"), say.T("Sat"),
	}[t.Weekday()]
}

// month is a month's short name.
func month(t time.Time) string {
	return [...]string{
		say.T("Jan"), say.T("Feb"), say.T("Mar"), say.T("Apr"), say.T("May"), say.T("Jun"),
		say.T("Jul"), say.T("Aug"), say.T("Sep"), say.T("Oct"), say.T("Nov"), say.T("Dec"),
	}[t.Month()-1]
}

// Day is a day with its weekday; the year stands there where it is another
// than now's.
func Day(t, now time.Time) string {
	if t.Year() != now.Year() {
		return say.T("{{.Weekday}} {{.Day}} {{.Month}} {{.Year}}", "Weekday", weekday(t), "Day", t.Day(), "Month", month(t), "Year", t.Year())
	}
	return say.T("{{.Weekday}} {{.Day}} {{.Month}}", "Weekday", weekday(t), "Day", t.Day(), "Month", month(t))
}

// date is a day without its weekday.
func date(t, now time.Time) string {
	if t.Year() != now.Year() {
		return say.T("{{.Day}} {{.Month}} {{.Year}}", "Day", t.Day(), "Month", month(t), "Year", t.Year())
	}
	return say.T("{{.Day}} {{.Month}}", "Day", t.Day(), "Month", month(t))
}

// Moment is when something happened, the nearer the shorter; now's zone is the
// reader's.
func Moment(t, now time.Time) string {
	t = t.In(now.Location())
	clock := say.Clock(t)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch {
	case !t.Before(midnight.AddDate(0, 0, 1)): // a clock that was set back
	case !t.Before(midnight):
		return say.T("Today {{.Time}}", "Time", clock)
	case !t.Before(midnight.AddDate(0, 0, -1)):
		return say.T("Yesterday {{.Time}}", "Time", clock)
	case !t.Before(midnight.AddDate(0, 0, -6)):
		return sentenceCase(say.T("{{.Weekday}} {{.Time}}", "Weekday", weekday(t), "Time", clock))
	}
	return say.T("{{.Date}} {{.Time}}", "Date", date(t, now), "Time", clock)
}

// wall reads what an entry tells of its clocks.
func wall(s string) (t time.Time, ok bool) {
	for _, form := range []string{"2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Times is when an entry is, on its own clocks.
func Times(e localapi.Entry, now time.Time) string {
	from, ok := wall(e.Start)
	to, ends := wall(e.End)
	if !ok || !ends {
		return e.Start
	}
	if e.AllDay {
		last := to.AddDate(0, 0, -1)
		if !last.After(from) {
			return Day(from, now)
		}
		return say.T("{{.From}} to {{.To}}", "From", Day(from, now), "To", Day(last, now))
	}
	start := say.T("{{.Day}}, {{.Time}}", "Day", Day(from, now), "Time", say.Clock(from))
	end := say.Clock(to)
	if from.Format(time.DateOnly) != to.Format(time.DateOnly) {
		end = say.T("{{.Day}}, {{.Time}}", "Day", Day(to, now), "Time", end)
	}
	return say.T("{{.From}} to {{.To}}", "From", start, "To", end)
}
