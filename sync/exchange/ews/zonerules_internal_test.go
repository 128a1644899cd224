package ews

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

const helsinkiRules = `<t:StartTimeZone xmlns:t="x" Id="tzone://Microsoft/Custom" Name="Customized Time Zone"><t:Periods>` +
	`<t:Period Bias="-PT2H" Name="Standard" Id="std"/><t:Period Bias="-PT3H" Name="Daylight" Id="dlt"/></t:Periods>` +
	`<t:TransitionsGroups><t:TransitionsGroup Id="0">` +
	`<t:RecurringDayTransition><t:To Kind="Period">dlt</t:To><t:TimeOffset>PT3H</t:TimeOffset><t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>-1</t:Occurrence></t:RecurringDayTransition>` +
	`<t:RecurringDayTransition><t:To Kind="Period">std</t:To><t:TimeOffset>PT4H</t:TimeOffset><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>-1</t:Occurrence></t:RecurringDayTransition>` +
	`</t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:StartTimeZone>`

// New York's rules as of 2007, in the form of Exchange 2007.
const newYorkRules = `<t:MeetingTimeZone xmlns:t="x" TimeZoneName="Own"><t:BaseOffset>PT5H</t:BaseOffset>` +
	`<t:Standard><t:Offset>PT0S</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek><t:DayOfWeekIndex>First</t:DayOfWeekIndex><t:Month>November</t:Month></t:RelativeYearlyRecurrence><t:Time>02:00:00</t:Time></t:Standard>` +
	`<t:Daylight><t:Offset>-PT1H</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek><t:DayOfWeekIndex>Second</t:DayOfWeekIndex><t:Month>March</t:Month></t:RelativeYearlyRecurrence><t:Time>02:00:00</t:Time></t:Daylight></t:MeetingTimeZone>`

// Sydney's year begins in summer time.
var sydneyRules = strings.NewReplacer("-PT2H", "-PT10H", "-PT3H", "-PT11H", ">PT3H<", ">PT2H<", ">PT4H<", ">PT3H<",
	"<t:Month>3<", "<t:Month>X<", "<t:Month>10<", "<t:Month>4<", ">-1<", ">1<").Replace(helsinkiRules)

func rulesOf(t testing.TB, s string) *ZoneRules {
	t.Helper()
	n, err := parse([]byte(strings.ReplaceAll(s, "<t:Month>X<", "<t:Month>10<")))
	if err != nil {
		t.Fatal(err)
	}
	it := decodeItem(&node{name: "CalendarItem", kids: []node{*n}})
	return it.Rules
}

// The offset is that of the IANA database at every hour of two years.
func TestZoneRules_AgreeWithTheDatabase(t *testing.T) {
	for zone, text := range map[string]string{"Europe/Helsinki": helsinkiRules, "America/New_York": newYorkRules, "Australia/Sydney": sydneyRules} {
		z := rulesOf(t, text)
		loc, err := time.LoadLocation(zone)
		if z == nil || err != nil {
			t.Fatalf("%s: rules %v, %v", zone, z, err)
		}
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2028; at = at.Add(30 * time.Minute) {
			_, want := at.In(loc).Zone()
			if got := z.Offset(at); got != time.Duration(want)*time.Second {
				t.Fatalf("%s at %v: %v, want %ds", zone, at, got, want)
			}
		}
	}
}

func TestZoneRules_ChangeOverTheYears(t *testing.T) {
	later := strings.NewReplacer(`<t:Period Bias="-PT2H"`, `<t:Period Bias="-PT5H30M" Name="x" Id="old"/><t:Period Bias="-PT2H"`,
		`<t:Transition><t:To Kind="Group">0</t:To></t:Transition>`,
		`<t:Transition><t:To Kind="Period">old</t:To></t:Transition><t:AbsoluteDateTransition><t:To Kind="Group">0</t:To><t:DateTime>2026-01-01T00:00:00</t:DateTime></t:AbsoluteDateTransition>`).Replace(helsinkiRules)
	z := rulesOf(t, later)
	if z == nil {
		t.Fatal("no rules")
	}
	for at, want := range map[string]string{"2025-07-01T00:00:00Z": "5h30m0s", "2026-01-02T00:00:00Z": "2h0m0s", "2026-07-02T00:00:00Z": "3h0m0s"} {
		if got := fmt.Sprint(z.Offset(zulu(at).Time)); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

// Half a description is none, and costs nothing but itself.
func TestZoneRules_OfWhatIsNotUnderstoodAreNone(t *testing.T) {
	for name, text := range map[string]string{
		"id alone": `<t:StartTimeZone xmlns:t="x" Id="a"/>`, "bias": strings.Replace(helsinkiRules, "-PT2H", "two hours", 1),
		"period": strings.Replace(helsinkiRules, ">std<", ">other<", 1), "group": strings.Replace(helsinkiRules, `"Group">0<`, `"Group">1<`, 1),
		"fifth": strings.Replace(helsinkiRules, ">-1<", ">5<", 1), "kind": strings.ReplaceAll(helsinkiRules, "RecurringDayTransition", "LunarTransition"),
		"month": strings.Replace(helsinkiRules, ">10<", ">13<", 1), "2007 alone": `<t:MeetingTimeZone xmlns:t="x" TimeZoneName="a"/>`,
		"2007 time": strings.Replace(newYorkRules, "02:00:00", "noon", 1), "2007 day": strings.Replace(newYorkRules, "Sunday", "Weekday", 1),
	} {
		if z := rulesOf(t, text); z != nil {
			t.Errorf("%s: read as %+v", name, z)
		}
	}
	if it := decodeText(t, `<t:CalendarItem xmlns:t="x">`+strings.Replace(helsinkiRules, ` xmlns:t="x"`, "", 1)+`</t:CalendarItem>`); len(it.Problems) != 0 || it.StartTimeZone == "" {
		t.Errorf("item has problems %v, zone %q", it.Problems, it.StartTimeZone)
	}
}

func FuzzZoneRules(f *testing.F) {
	for _, s := range []string{helsinkiRules, newYorkRules, `<t:StartTimeZone xmlns:t="x" Id="a"><t:Periods/></t:StartTimeZone>`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := parse([]byte(s))
		if err != nil {
			return
		}
		for _, z := range []*ZoneRules{decodeZoneRules(n), decodeMeetingZone(n)} {
			if z == nil {
				continue
			}
			for _, at := range []time.Time{{}, time.Unix(1<<31, 0)} {
				if a, b := z.Offset(at), z.Offset(at); a != b {
					t.Errorf("offset at %v is %v and %v", at, a, b)
				}
			}
		}
	})
}

func TestRecurrence_OfATaskIsKnownAndNeverWritten(t *testing.T) {
	n, err := parse([]byte(`<t:Recurrence xmlns:t="x"><t:WeeklyRegeneration><t:Interval>1</t:Interval></t:WeeklyRegeneration><t:NoEndRecurrence><t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence></t:Recurrence>`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := decodeRecurrence(n)
	if err != nil || r.Pattern != Regenerating {
		t.Fatalf("read as %+v, %v", r, err)
	}
	e := &encoder{op: "t"}
	if encodeRecurrence(e, r); e.err == nil {
		t.Error("it was written")
	}
}

// Left out, the day on which weeks begin would silently make another series.
func TestRecurrence_TheFirstDayIsToldOrRefused(t *testing.T) {
	r := &Recurrence{Pattern: Weekly, Interval: 2, Days: []DayOfWeek{Sunday, Monday}, FirstDay: Monday, Range: RangeNoEnd, Start: Date{2026, 3, 2}}
	for v, told := range map[Version]bool{Exchange2007SP1: false, Exchange2010: true, Exchange2016: true} {
		e := &encoder{op: "t", version: v}
		encodeRecurrence(e, r)
		if (e.err == nil) != told || told != strings.Contains(string(e.b), "<t:FirstDayOfWeek>Monday<") {
			t.Errorf("%s: %v\n%s", v, e.err, e.b)
		}
	}
	e := &encoder{op: "t", version: Exchange2007SP1}
	r.FirstDay = Sunday
	if encodeRecurrence(e, r); e.err != nil || strings.Contains(string(e.b), "FirstDay") {
		t.Errorf("Sunday on 2007: %v\n%s", e.err, e.b)
	}
}
