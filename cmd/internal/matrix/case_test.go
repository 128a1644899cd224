package matrix

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

var update = flag.Bool("update", false, "write what the simulators list into the cases")

// testCase is one entry and what becomes of it.
type testCase struct {
	What   string            `toml:"what"`
	Axes   map[string]string `toml:"axes"`
	Entry  entry             `toml:"entry"`
	Rule   *rule             `toml:"rule,omitempty"`
	Change []change          `toml:"change,omitempty"`
	// Unreadable is the code of the problem in place of the entry: the system
	// does not tell enough of it, and nothing is guessed.
	Unreadable string `toml:"unreadable,omitempty"`
	// There are the occurrences in the window, as the other side must show them.
	There []string `toml:"there,multiline"`

	name, file string
}

type entry struct {
	Start   string `toml:"start"` // wall clock in Zone
	Minutes int    `toml:"minutes"`
	Days    int    `toml:"days,omitempty"` // whole days in place of minutes
	Zone    string `toml:"zone"`
	Home    string `toml:"home"` // zone of the calendar's owner
	Private bool   `toml:"private,omitempty"`
}

type rule struct {
	Pattern  string   `toml:"pattern"` // daily, weekly, monthly, monthly_nth, yearly, yearly_nth
	Interval int      `toml:"interval,omitempty"`
	Days     []string `toml:"days,omitempty"` // of a week; or day, weekday, weekend_day
	Nth      int      `toml:"nth,omitempty"`  // 5: the last
	Day      int      `toml:"day,omitempty"`
	Month    int      `toml:"month,omitempty"`
	Count    int      `toml:"count,omitempty"`
	Until    string   `toml:"until,omitempty"`
}

// change departs from the rule on one day.
type change struct {
	On      string `toml:"on"` // the day on which the rule puts it
	Deleted bool   `toml:"deleted,omitempty"`
	By      int    `toml:"by,omitempty"` // minutes later, or days of a whole-day entry
	Subject string `toml:"subject,omitempty"`
	Private bool   `toml:"private,omitempty"`
}

// The folders of cases: those that show each two values of different axes
// together, and those that are added to show each three.
const (
	twos   = "testdata/cases"
	threes = "testdata/threes"
)

// loadCases reads every case of some folders.
func loadCases(t *testing.T, folders ...string) []*testCase {
	t.Helper()
	var files []string
	for _, folder := range folders {
		found, err := filepath.Glob(folder + "/*.toml")
		if err != nil || len(found) == 0 {
			t.Fatalf("no cases in %s: %v", folder, err)
		}
		files = append(files, found...)
	}
	var out []*testCase
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		c := &testCase{file: f, name: strings.TrimSuffix(filepath.Base(f), ".toml")}
		if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(c); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out = append(out, c)
	}
	return out
}

// save writes what a case expects.
func (c *testCase) save(t *testing.T) {
	t.Helper()
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).SetIndentTables(false).Encode(c); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (c *testCase) fromExchange() bool { return c.Axes["from"] == "exchange" }

func (c *testCase) guest() bool { return c.Axes["organiser"] == "outside" }

// subject names the entry after its case.
func (c *testCase) subject() string { return c.name }

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// span is the first occurrence.
func (c *testCase) span(t *testing.T) (start, end time.Time) {
	t.Helper()
	start, err := time.ParseInLocation("2006-01-02T15:04", c.Entry.Start, zone(t, c.Entry.Zone))
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	if c.Entry.Days > 0 {
		return start, start.AddDate(0, 0, c.Entry.Days)
	}
	return start, start.Add(time.Duration(c.Entry.Minutes) * time.Minute)
}

func windows(zone string) string {
	return map[string]string{
		"Europe/Helsinki": "FLE Standard Time", "Europe/Amsterdam": "W. Europe Standard Time",
		"America/New_York": "Eastern Standard Time", "Asia/Tokyo": "Tokyo Standard Time", "Asia/Kathmandu": "Nepal Standard Time",
	}[zone]
}

func weekdays() map[string]time.Weekday {
	out := map[string]time.Weekday{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		out[strings.ToLower(d.String()[:3])] = d
	}
	return out
}

// putExchange makes the entry in a mailbox.
func (c *testCase) putExchange(t *testing.T, s *ewssim.Server, address string) {
	t.Helper()
	start, end := c.span(t)
	it := ewssim.Item{
		Subject: c.subject(), Start: start, End: end, StartZone: windows(c.Entry.Zone), EndZone: windows(c.Entry.Zone),
		AllDay: c.Entry.Days > 0, FreeBusy: "Busy", Sensitivity: "Normal", Body: ewssim.Body{Text: notes},
	}
	if c.Entry.Private {
		it.Sensitivity = "Private"
	}
	if c.guest() {
		it.State = 1 | 2 // a meeting, received
		it.Organizer = ewssim.Person{Name: "Olga Outside", Address: "olga@elsewhere.test"}
		it.MyResponse = "Accept"
		it.Required = []ewssim.Attendee{{Person: ewssim.Person{Address: address}}}
	}
	it.Rule = c.exchangeRule(t, start)
	kept, err := s.Put(address, "", it)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	for _, ch := range c.Change {
		day := ewssim.DayOf(date(t, ch.On))
		if ch.Deleted {
			err = s.DropOccurrence(kept.ID, day)
		} else {
			err = s.EditOccurrence(kept.ID, day, func(it *ewssim.Item) {
				ch.apply(&it.Subject, &it.Start, &it.End, c.Entry.Days > 0, zone(t, c.Entry.Zone))
				if ch.Private {
					it.Sensitivity = "Private"
				}
			})
		}
		if err != nil {
			t.Fatalf("%s, %s: %v", c.name, ch.On, err)
		}
	}
}

func (ch change) apply(subject *string, start, end *time.Time, whole bool, loc *time.Location) {
	if ch.Subject != "" {
		*subject = ch.Subject
	}
	move := func(at time.Time) time.Time {
		if whole {
			return at.In(loc).AddDate(0, 0, ch.By)
		}
		return at.Add(time.Duration(ch.By) * time.Minute)
	}
	*start, *end = move(*start), move(*end)
}

func date(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (c *testCase) exchangeRule(t *testing.T, start time.Time) *ewssim.Rule {
	t.Helper()
	if c.Rule == nil {
		return nil
	}
	r := c.Rule
	out := map[string]*ewssim.Rule{
		"daily": {Pattern: ewssim.Daily}, "weekly": {Pattern: ewssim.Weekly}, "monthly": {Pattern: ewssim.AbsoluteMonthly},
		"monthly_nth": {Pattern: ewssim.RelativeMonthly}, "yearly": {Pattern: ewssim.AbsoluteYearly}, "yearly_nth": {Pattern: ewssim.RelativeYearly},
	}[r.Pattern]
	out.Interval, out.DayOfMonth, out.Index, out.Month = max(r.Interval, 1), r.Day, r.Nth, time.Month(r.Month)
	out.Count, out.Start, out.FirstDay = r.Count, ewssim.DayOf(start), time.Monday
	for _, d := range r.Days {
		switch d {
		case "day":
			out.Days = ewssim.EveryDay
		case "weekday":
			out.Days = ewssim.Weekdays
		case "weekend_day":
			out.Days = ewssim.WeekendDay
		default:
			out.Days |= 1 << weekdays()[d]
		}
	}
	if strings.HasPrefix(r.Pattern, "yearly") {
		out.Interval = 0
	}
	if r.Until != "" {
		out.Until = ewssim.DayOf(date(t, r.Until))
	}
	return out
}

// putSevera makes the entry as an activity, of the boss where the person is a guest.
func (c *testCase) putSevera(t *testing.T, s *severasim.Server, of calendar, sw severasim.Switches) {
	t.Helper()
	start, end := c.span(t)
	whole := c.Entry.Days > 0
	if whole && sw.MidnightOf == severasim.ZoneUTC {
		start, end = midnightUTC(start), midnightUTC(end)
	} else if whole && sw.MidnightOf == severasim.ZoneOrganisation {
		start, end = midnightIn(start, zone(t, home)), midnightIn(end, zone(t, home))
	}
	owner, guest := of.user, ""
	if c.guest() {
		owner, guest = of.boss, of.user
	}
	a := severasim.Activity{
		Name: c.subject(), Notes: notes, Start: start, End: end, AllDay: whole, HasDuration: true,
		OwnerGUID: owner, TypeGUID: s.TypeOf(severasim.CalendarEntry), Recurrence: c.severaRule(t),
	}
	if c.Entry.Private {
		a.TypeGUID = s.TypeOf(severasim.Personal)
	}
	if guest != "" {
		a.Participants = []severasim.Participant{{Who: guest, Type: severasim.UserParticipant}}
	}
	_, err := s.AddActivity(a)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	for _, ch := range c.Change {
		c.changeSevera(t, s, of, ch)
	}
}

func midnightUTC(at time.Time) time.Time { return midnightIn(at, time.UTC) }

func midnightIn(at time.Time, loc *time.Location) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, loc)
}

func (c *testCase) severaRule(t *testing.T) *severasim.Recurrence {
	t.Helper()
	if c.Rule == nil {
		return nil
	}
	r := c.Rule
	out := &severasim.Recurrence{Interval: r.Interval, DayOfMonth: r.Day, Month: time.Month(r.Month), Ordinal: severasim.Ordinal(r.Nth), Max: r.Count}
	word, _, _ := strings.Cut(r.Pattern, "_")
	out.Frequency = map[string]severasim.Frequency{"daily": severasim.Daily, "weekly": severasim.Weekly, "monthly": severasim.Monthly, "yearly": severasim.Yearly}[word]
	for _, d := range r.Days {
		option := map[string]severasim.DayOption{"day": severasim.OnDay, "weekday": severasim.OnWeekDay, "weekend_day": severasim.OnWeekendDay}
		if o, ok := option[d]; ok {
			out.Option = o
			continue
		}
		out.Days[weekdays()[d]] = true
		out.Option = severasim.DayOption(weekdays()[d])
	}
	switch {
	case r.Pattern == "weekly" && slices.Equal(r.Days, []string{"weekday"}):
		out.Frequency, out.EveryWeekday = severasim.Daily, true
	case r.Pattern != "weekly":
		out.Days = [7]bool{}
	}
	if r.Until != "" {
		out.Until = date(t, r.Until)
	}
	return out
}
