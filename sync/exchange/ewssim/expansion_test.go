package ewssim

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/sync/event"
)

// The server's expansion and the one that the sync plans with share no code;
// here each judges the other, over the whole way of a CalendarView.

// expansionZones maps the server's names of zones to event's.
var expansionZones = map[string]string{
	"FLE Standard Time": "Europe/Helsinki", "W. Europe Standard Time": "Europe/Amsterdam",
	"Eastern Standard Time": "America/New_York", "Tokyo Standard Time": "Asia/Tokyo", "Nepal Standard Time": "Asia/Kathmandu",
	"AUS Eastern Standard Time": "Australia/Sydney", "UTC": "Etc/UTC",
}

// drawSeries is any series that Exchange can hold, without exceptions.
func drawSeries(t *rapid.T) event.Event {
	start := event.DateOf(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)).AddDays(rapid.IntRange(0, 2500).Draw(t, "start"))
	e := event.Event{Subject: "series"}
	e.When.Start = event.Wall{Date: start, Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Minute: 15 * rapid.IntRange(0, 3).Draw(t, "quarter")}
	length := time.Duration(rapid.IntRange(0, 80).Draw(t, "quarters")) * 15 * time.Minute
	e.When.End = event.WallOf(e.When.Start.In(time.UTC).Add(length))
	e.When.Zone = expansionZones[rapid.SampledFrom([]string{
		"FLE Standard Time", "W. Europe Standard Time", "Eastern Standard Time", "Tokyo Standard Time",
		"Nepal Standard Time", "AUS Eastern Standard Time", "UTC",
	}).Draw(t, "zone")]
	r := &event.Recurrence{
		Frequency: event.Frequency(rapid.IntRange(0, 3).Draw(t, "frequency")),
		Interval:  rapid.IntRange(1, 5).Draw(t, "interval"),
	}
	relative := r.Frequency > event.Weekly && rapid.Bool().Draw(t, "relative")
	if r.Frequency == event.Weekly || relative {
		r.Days = event.Weekdays(rapid.IntRange(1, 127).Draw(t, "days"))
	}
	switch {
	case r.Frequency == event.Weekly:
		r.FirstDay = time.Weekday(rapid.IntRange(0, 6).Draw(t, "first_day"))
	case relative:
		// One weekday, or one of the three sets that have a name.
		r.Days = rapid.SampledFrom([]event.Weekdays{1, 2, 4, 8, 16, 32, 64, 0x7f, 0x3e, 0x41}).Draw(t, "of")
		r.Ordinal = rapid.SampledFrom([]int{1, 2, 3, 4, -1}).Draw(t, "ordinal")
	case r.Frequency > event.Weekly:
		r.DayOfMonth = rapid.OneOf(rapid.IntRange(1, 31), rapid.IntRange(28, 31)).Draw(t, "day_of_month")
	}
	if r.Frequency == event.Yearly {
		r.Interval, r.Month = 1, time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
	}
	switch rapid.IntRange(0, 2).Draw(t, "range") {
	case 1:
		r.Count = rapid.IntRange(1, 200).Draw(t, "count")
	case 2:
		r.Until = start.AddDays(rapid.IntRange(400, 2000).Draw(t, "until"))
	}
	e.Recurrence = r
	return e
}

func daysXML(w event.Weekdays) string {
	switch w {
	case 0x7f:
		return "Day"
	case 0x3e:
		return "Weekday"
	case 0x41:
		return "WeekendDay"
	}
	return plainDays(w)
}

func plainDays(w event.Weekdays) string {
	var names []string
	for d := time.Sunday; d <= time.Saturday; d++ {
		if w.Has(d) {
			names = append(names, d.String())
		}
	}
	return strings.Join(names, " ")
}

func recurrenceXML(e event.Event) string {
	r := e.Recurrence
	interval := fmt.Sprintf("<t:Interval>%d</t:Interval>", r.Interval)
	index := map[int]string{1: "First", 2: "Second", 3: "Third", 4: "Fourth", -1: "Last"}[r.Ordinal]
	nth := "<t:DaysOfWeek>" + daysXML(r.Days) + "</t:DaysOfWeek><t:DayOfWeekIndex>" + index + "</t:DayOfWeekIndex>"
	dom := fmt.Sprintf("<t:DayOfMonth>%d</t:DayOfMonth>", r.DayOfMonth)
	month := fmt.Sprintf("<t:Month>%s</t:Month>", r.Month)
	var name, body string
	switch {
	case r.Frequency == event.Daily:
		name, body = "DailyRecurrence", interval
	case r.Frequency == event.Weekly:
		name, body = "WeeklyRecurrence", interval+"<t:DaysOfWeek>"+plainDays(r.Days)+"</t:DaysOfWeek><t:FirstDayOfWeek>"+r.FirstDay.String()+"</t:FirstDayOfWeek>"
	case r.Frequency == event.Monthly && r.Ordinal != 0:
		name, body = "RelativeMonthlyRecurrence", interval+nth
	case r.Frequency == event.Monthly:
		name, body = "AbsoluteMonthlyRecurrence", interval+dom
	case r.Ordinal != 0:
		name, body = "RelativeYearlyRecurrence", nth+month
	default:
		name, body = "AbsoluteYearlyRecurrence", dom+month
	}
	span, rest := "NoEndRecurrence", ""
	switch {
	case r.Count != 0:
		span, rest = "NumberedRecurrence", fmt.Sprintf("<t:NumberOfOccurrences>%d</t:NumberOfOccurrences>", r.Count)
	case !r.Until.IsZero():
		span, rest = "EndDateRecurrence", "<t:EndDate>"+r.Until.String()+"</t:EndDate>"
	}
	return fmt.Sprintf("<t:Recurrence><t:%[1]s>%[2]s</t:%[1]s><t:%[3]s><t:StartDate>%[4]s</t:StartDate>%[5]s</t:%[3]s></t:Recurrence>",
		name, body, span, e.When.Start.Date, rest)
}

func zoneXML(zone string) string {
	for id, iana := range expansionZones {
		if iana == zone {
			return `<t:StartTimeZone Id="` + id + `"/><t:EndTimeZone Id="` + id + `"/>`
		}
	}
	return ""
}

// times writes when an occurrence takes place, on the clock of its series: of
// an hour that the clocks show twice neither says which one it means, and one
// that would end before it begins, in an hour that they skip, has an end that
// nobody knows.
func times(start, end time.Time, loc *time.Location, noEnd bool) string {
	out := event.WallOf(start.In(loc)).String() + "/"
	if noEnd || end.Before(start) {
		return out
	}
	return out + event.WallOf(end.In(loc)).String()
}

func utc(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// shown tells starts and ends as the view orders them: by time.
func shown(spans map[string]int) string {
	var out []string
	for at, n := range spans {
		out = append(out, at+" x"+strconv.Itoa(n))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func TestCalendarView_AgreesWithTheExpansionOfThePlan(t *testing.T) {
	o := newOffice(t, Options{})
	rapid.Check(t, func(rt *rapid.T) {
		e := drawSeries(rt)
		start, end := e.When.Instants(time.UTC)
		if event.WallOf(start.In(e.When.Location())) != e.When.Start || event.WallOf(end.In(e.When.Location())) != e.When.End || end.Before(start) {
			rt.Skip("the series itself begins in an hour that does not exist")
		}
		made := o.call(createBody(calendarItem(timed("series", utc(start), utc(end))+recurrenceXML(e)+zoneXML(e.When.Zone)), "SendToNone"))
		if code(made) != "NoError" {
			rt.Skip("the server does not hold occurrences that overlap")
		}
		m := refOf(one(t, made, "ItemId"))
		defer func() { o.ok(deleteBody("HardDelete", m.xml("ItemId"))) }()
		from := start.Truncate(24*time.Hour).AddDate(0, 0, rapid.IntRange(-30, 2400).Draw(rt, "from"))
		w := event.Window{From: from, To: from.AddDate(0, 0, rapid.IntRange(1, 300).Draw(rt, "long"))}
		change(rt, o, m, &e, w)
		want, got := map[string]int{}, map[string]int{}
		for _, x := range event.Occurrences(e, w) {
			a, b := x.Event.When.Instants(time.UTC)
			want[times(a, b, e.When.Location(), x.Event.When.End.Hour != e.When.End.Hour && len(e.Recurrence.Overrides) == 0)]++
		}
		for _, n := range all(o.ok(viewBody(utc(w.From), utc(w.To), field1("calendar:Start")+field1("calendar:End"))), "CalendarItem") {
			a, errA := time.Parse(time.RFC3339, n.KidText("Start"))
			b, errB := time.Parse(time.RFC3339, n.KidText("End"))
			if err := errors.Join(errA, errB); err != nil {
				rt.Fatal(err)
			}
			got[times(a, b, e.When.Location(), false)]++
		}
		if diff := cmp.Diff(shown(want), shown(got)); diff != "" {
			rt.Fatalf("%s from %s in %s, %s to %s (-plan +server):\n%s", recurrenceXML(e), e.When.Start, e.When.Zone, utc(w.From), utc(w.To), diff)
		}
	})
}

var errRefused = errors.New("the server refuses it")

// change moves one occurrence and deletes another, on both.
func change(t *rapid.T, o *office, m ref, e *event.Event, w event.Window) {
	there := event.Occurrences(*e, w)
	if len(there) < 2 {
		return
	}
	r := *e.Recurrence
	moved := rapid.IntRange(0, len(there)-2).Draw(t, "moved")
	x := there[moved]
	by := time.Duration(rapid.IntRange(-4, 4).Draw(t, "by")) * time.Hour
	a, b := x.Event.When.Instants(time.UTC)
	span, err := event.Between(a.Add(by), b.Add(by), e.When.Zone)
	if err == nil {
		err = writeOccurrence(o, m, *e, x.Original, setField("calendar:Start", "<t:Start>"+utc(a.Add(by))+"</t:Start>")+setField("calendar:End", "<t:End>"+utc(b.Add(by))+"</t:End>"))
	}
	if err == nil {
		r.Overrides = []event.Override{{Original: x.Original, Fields: event.FieldWhen, Event: event.Event{When: span}}}
	}
	gone := there[len(there)-1]
	if err := writeOccurrence(o, m, *e, gone.Original, ""); err == nil {
		r.Deleted = []event.Wall{gone.Original}
	}
	e.Recurrence = &r
}

// writeOccurrence sends updates of one occurrence, or deletes it when there are none.
func writeOccurrence(o *office, m ref, e event.Event, original event.Wall, updates string) error {
	from, to := e.When.Start.In(e.When.Location()), original.In(e.When.Location())
	// The server counts occurrences from the first; count up to the one that is meant.
	plain := e
	rule := *e.Recurrence
	rule.Overrides, rule.Deleted = nil, nil
	plain.Recurrence = &rule
	index := 0
	for _, x := range event.Occurrences(plain, event.Window{From: from.AddDate(0, 0, -2), To: to.AddDate(0, 0, 3)}) {
		if x.Original.Compare(original) <= 0 {
			index++
		}
	}
	id := `<t:OccurrenceItemId RecurringMasterId="` + m.id + `" InstanceIndex="` + strconv.Itoa(index) + `"/>`
	body := deleteBody("HardDelete", id)
	if updates != "" {
		body = updateBody("AlwaysOverwrite", "SendToNone", id, updates)
	}
	if code(o.call(body)) != "NoError" {
		return errRefused
	}
	return nil
}
