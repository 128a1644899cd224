package matrix

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/cmd/internal/wire"
	"lockstep/store/secret"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/office"
	"lockstep/sync/severa/api"
	"lockstep/sync/severa/severasim"
	"lockstep/sync/state"
)

const (
	account  = "svc"
	password = "correct horse battery staple"
	home     = "Europe/Helsinki" // the organisation's zone
	notes    = "Notes of whoever made the entry"
)

// epoch is when the office begins: a Monday in winter time, four weeks before
// Europe's clocks change.
var epoch = time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)

// The window that an office keeps in step, and the part of it that is looked at:
// its edges belong to the tests of the window.
var (
	lookFrom = time.Date(2026, time.February, 10, 0, 0, 0, 0, time.UTC)
	lookTo   = time.Date(2026, time.August, 25, 0, 0, 0, 0, time.UTC)
)

// world is an office with one person for each case.
type world struct {
	exchange *ewssim.Server
	severa   *severasim.Server
	ewsURL   string
	reader   *severaReader
	site     *wire.Site
	// unreadable are the people whose entry cannot be read, with the code of the problem.
	unreadable map[string]string

	mu    sync.Mutex
	ahead time.Duration
	began time.Time
}

// calendar is a person's, on both sides.
type calendar struct {
	address, user, boss string
	severa              *severaReader
	loc                 *time.Location
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return epoch.Add(time.Since(w.began) + w.ahead)
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

// newWorld starts both servers, fills them, and sets the office up.
func newWorld(t *testing.T, cases []*testCase, sw severasim.Switches, rules string) (*world, map[string]calendar) {
	t.Helper()
	w := &world{began: time.Now()}
	w.exchange = ewssim.New(ewssim.Options{Now: w.now, Domain: "OFFICE", Auth: ewssim.AuthBoth})
	w.severa = severasim.New(severasim.Options{Now: w.now, ClientID: account, ClientSecret: password, RatePerSecond: -1, Zone: home, Switches: sw})
	w.exchange.AddAccount(account, password)
	w.exchange.AllowImpersonation(account)
	x, err := w.exchange.Start("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	v, err := w.severa.Start("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	w.ewsURL, w.reader = x.URL, newSeveraReader(t, v.URL, sw)
	bosses := map[string]string{} // of each zone, because a whole day is one of its owner's
	calendars := map[string]calendar{}
	for _, c := range cases {
		address := c.name + "@office.test"
		if err := w.exchange.AddMailbox(ewssim.MailboxInfo{Primary: address, Name: c.name, Zone: windows(c.Entry.Home)}); err != nil {
			t.Fatal(err)
		}
		user := w.severa.AddUser(severasim.User{FirstName: "Person", LastName: c.name, Email: address, Zone: c.Entry.Home})
		boss := bosses[c.Entry.Home]
		if boss == "" {
			boss = w.severa.AddUser(severasim.User{FirstName: "Big", LastName: "Boss", Email: fmt.Sprintf("boss%d@office.test", len(bosses)), Zone: c.Entry.Home})
			bosses[c.Entry.Home] = boss
		}
		of := calendar{address: address, user: user, boss: boss, severa: w.reader, loc: zone(t, c.Entry.Home)}
		calendars[c.name] = of
		if c.fromExchange() {
			c.putExchange(t, w.exchange, address)
		} else {
			c.putSevera(t, w.severa, of, sw)
		}
	}
	w.open(t, x.URL, v.URL, rules)
	return w, calendars
}

func (w *world) open(t *testing.T, exchange, severa, rules string) {
	t.Helper()
	dir := t.TempDir()
	began := time.Now()
	hurried := func() time.Time { return began.Add(1000 * time.Since(began)) } // this Severa has no quota
	site, err := wire.Open(t.Context(), wire.Options{Home: dir, Now: w.now, Ring: secret.NewMemory(), Pacer: api.NewPacer(hurried)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	f, err := wire.ParseOffice(fmt.Appendf(nil, "zone = %q\n[exchange]\nurl = %q\ndomain = \"OFFICE\"\nuser = %q\n[severa]\nurl = %q\nclient_id = %q\n[people]\neveryone = true\n%s",
		home, exchange, account, severa, account, rules))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := site.Setup(t.Context(), f, dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{wire.SecretExchange, wire.SecretSevera} {
		if err := site.SetSecret(t.Context(), name, password); err != nil {
			t.Fatal(err)
		}
	}
	if err := site.Discover(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	w.site = site
}

// sync brings everybody in step and counts what the office says it wrote.
func (w *world) sync(t *testing.T, order office.Order) (writes int) {
	t.Helper()
	w.pass(time.Minute)
	sum, err := w.site.Office.Sync(context.WithoutCancel(t.Context()), order)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range sum.People {
		if p.Err != nil || p.Halt != nil || p.Unapproved > 0 {
			t.Errorf("%s: err %v, halt %v, %d unapproved", p.Person.Name, p.Err, p.Halt, p.Unapproved)
		}
		code, known := w.unreadable[p.Person.Name]
		if known && len(p.Problems) == 0 {
			t.Errorf("%s: no problem, want %s", p.Person.Name, code)
		}
		for _, pr := range p.Problems {
			if known && pr.Reason.Detail == code {
				continue
			}
			t.Errorf("%s: problem %s %s", p.Person.Name, pr.Reason.Code, pr.Reason.Detail)
		}
		for _, a := range p.Plan.Actions {
			if a.Kind.String() == "ask" {
				t.Errorf("%s: asks %s", p.Person.Name, a.Reason.Code)
			}
		}
		for _, of := range p.Written {
			for _, n := range of {
				writes += n
			}
		}
	}
	return writes
}

func (w *world) exchangeLines(t *testing.T, of calendar) []string {
	t.Helper()
	return lines(readExchange(t, w.ewsURL, of.address, lookFrom, lookTo, of.loc), of.loc)
}

func (w *world) severaLines(t *testing.T, of calendar) []string {
	t.Helper()
	return lines(w.reader.read(t, of.user, lookFrom, lookTo, of.loc), of.loc)
}

// both are what the side where the entry was made, and the other, show.
func (w *world) both(t *testing.T, c *testCase, of calendar) (here, there []string) {
	t.Helper()
	x, v := w.exchangeLines(t, of), w.severaLines(t, of)
	if c.fromExchange() {
		return x, v
	}
	return v, x
}

// settings are Severa's open behaviours, each away from its default once.
func settings() map[string]severasim.Switches {
	return map[string]severasim.Switches{
		"default":          {},
		"offset z":         {Offset: severasim.OffsetZ},
		"offset of owner":  {Offset: severasim.OffsetOwner, OverlapInclusive: true},
		"offset of org":    {Offset: severasim.OffsetOrganisation, OffsetPaging: true},
		"midnights of utc": {MidnightOf: severasim.ZoneUTC},
		"midnights of org": {MidnightOf: severasim.ZoneOrganisation, RefuseOffMidnight: true},
		"sunday first":     {SundayFirst: true},
		"clamp":            {ClampMonthEnd: true},
		"plain ids":        {PlainExceptionIDs: true, MasterPatch: severasim.ResetAlways},
		"dated ids":        {DatedOccurrenceIDs: true, MasterPatch: severasim.ResetNever, Listed: severasim.ListRemoved},
		"quiet":            {QuietExceptions: true, QuietParticipants: true, Listed: severasim.ListNone, NoRuleText: true},
		"fixed":            {FixedOwner: true, OwnerIsParticipant: true, FixedParticipantStatus: true, SeriesByFirst: true, Horizon: 200 * 24 * time.Hour},
		"seconds, small":   {UpdatedPrecision: time.Second, PageCap: 10, ResetSparesRemoved: true},
	}
}

// inShort are the settings that a short run looks at: where Severa leaves short
// months out and where it does not.
func inShort(name string) bool { return name == "default" || name == "clamp" }

func TestCases_CrossOverAndBack(t *testing.T) {
	all := settings()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if testing.Short() && !inShort(name) || *update && name != "default" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cycles := 2
			if name == "default" {
				cycles = 20
			}
			crossOver(t, loadCases(t, twos), all[name], cycles)
		})
		if inShort(name) && !testing.Short() {
			t.Run(name+", three values", func(t *testing.T) {
				t.Parallel()
				cases := loadCases(t, threes)
				if all[name].ClampMonthEnd { // is nothing to the others
					cases = slices.DeleteFunc(cases, func(c *testCase) bool { return !c.monthEnd() })
				}
				crossOver(t, cases, all[name], 2)
			})
		}
	}
}

// crossOver brings cases over and back. After all of that nothing is written, in
// so many cycles.
func crossOver(t *testing.T, all []*testCase, sw severasim.Switches, cycles int) {
	cases := under(all, sw)
	w, calendars := newWorld(t, cases, sw, "")
	expect := map[string][]string{}
	for _, c := range cases {
		here, _ := w.both(t, c, calendars[c.name])
		if *update {
			c.There = here
			c.save(t)
		}
		if c.monthEnd() && !c.fromExchange() {
			expect[c.name] = here // Severa itself puts the series on other days
			continue
		}
		if len(c.There) == 0 {
			t.Errorf("%s expects nothing in the window", c.name)
		}
		expect[c.name] = c.There
		if diff := cmp.Diff(c.There, here); diff != "" {
			t.Errorf("%s, where it was made (-want +got):\n%s", c.name, diff)
		}
	}
	w.unreadable = map[string]string{}
	for _, c := range cases {
		if c.Unreadable != "" {
			w.unreadable["Person "+c.name] = c.Unreadable
		}
	}
	w.sync(t, office.Order{ApproveFirst: true})
	check := func(when string) {
		t.Helper()
		for _, c := range cases {
			here, there := w.both(t, c, calendars[c.name])
			want := expect[c.name]
			if c.Unreadable != "" {
				want = []string{}
			}
			if diff := cmp.Diff(want, there); diff != "" {
				t.Errorf("%s (%s), %s, on the other side (-want +got):\n%s", c.name, c.What, when, diff)
			}
			if diff := cmp.Diff(expect[c.name], here); diff != "" {
				t.Errorf("%s (%s), %s, where it was made (-want +got):\n%s", c.name, c.What, when, diff)
			}
		}
	}
	check("after the first sync")
	for range 2 {
		if n := w.sync(t, office.Order{Full: true}); n != 0 {
			t.Errorf("a sync of what is in step wrote %d times", n)
		}
	}
	idle(t, w, 2)
	check("after idle cycles")
	for _, c := range cases {
		if !c.guest() && c.Unreadable == "" {
			expect[c.name] = w.renameThere(t, c, calendars[c.name], expect[c.name])
		}
	}
	w.sync(t, office.Order{Full: true})
	check("after a change on the other side")
	idle(t, w, cycles)
}

// under are the cases as they turn out in one setting: where Severa puts an
// occurrence into every month, a moved one of the 31st can be told from those
// that were left out.
func under(all []*testCase, sw severasim.Switches) []*testCase {
	out := slices.Clone(all)
	for i, c := range out {
		if sw.ClampMonthEnd && c.monthEnd() && c.Unreadable != "" {
			readable := *c
			readable.Unreadable = ""
			out[i] = &readable
		}
	}
	return out
}

// exchangeWrites are those to calendar entries. The notes that say which
// installation writes are renewed as time passes, whether there is anything to
// write or not.
func (w *world) exchangeWrites() int {
	n := 0
	for of, c := range w.exchange.Writes() {
		if !strings.HasSuffix(of.Op, " Message") {
			n += c
		}
	}
	return n
}

// idle lets cycles pass; the simulators' own counters say that nothing is written.
func idle(t *testing.T, w *world, cycles int) {
	t.Helper()
	before := w.severa.Counts().TotalWrites() + w.exchangeWrites()
	for range cycles {
		w.sync(t, office.Order{Cause: state.CauseSchedule})
	}
	if n := w.severa.Counts().TotalWrites() + w.exchangeWrites() - before; n != 0 {
		t.Errorf("%d idle cycles wrote %d times", cycles, n)
	}
}

// monthEnd: the entry falls on a day that not every month, or year, has.
func (c *testCase) monthEnd() bool {
	return c.Rule != nil && (c.Rule.Pattern == "monthly" && c.Rule.Day > 28 || c.Rule.Pattern == "yearly" && c.Rule.Month == 2 && c.Rule.Day == 29)
}

// plain: the window shows an occurrence that follows its rule. One that does
// not keeps its own name.
func (c *testCase) plain() bool { return !strings.HasPrefix(c.Axes["pattern"], "yearly") }

// renameThere has a person rename the entry on the other side: as a whole, or,
// where each occurrence is an entry of its own, the first one. It gives what
// both sides must show then.
func (w *world) renameThere(t *testing.T, c *testCase, of calendar, shown []string) []string {
	t.Helper()
	rename := func(s string) string { return s + " again" }
	var err error
	if c.fromExchange() {
		if err = w.renameActivity(of, c.subject(), rename); err != nil && !c.plain() { // all that it shows bears another name
			err = w.renameActivity(of, "Other", rename)
		}
	} else {
		err = w.renameItem(of, c.subject(), rename)
	}
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	_, there := w.both(t, c, of)
	if c.plain() && (slices.Equal(there, shown) || !slices.ContainsFunc(there, func(l string) bool { return strings.Contains(l, " again") })) {
		t.Errorf("%s was not renamed", c.name)
	}
	return there
}

func (w *world) renameActivity(of calendar, subject string, rename func(string) string) error {
	for _, a := range w.severa.Activities() {
		if a.Name == subject && a.OwnerGUID == of.user && a.Parent == "" {
			return w.severa.EditActivity(a.GUID, func(a *severasim.Activity) { a.Name = rename(a.Name) })
		}
	}
	return fmt.Errorf("no activity of %s", of.address)
}

func (w *world) renameItem(of calendar, subject string, rename func(string) string) error {
	items, err := w.exchange.Items(of.address, "")
	if err != nil {
		return err
	}
	for _, it := range items {
		if it.Subject == subject {
			return w.exchange.Edit(it.ID, func(it *ewssim.Item) { it.Subject = rename(it.Subject) })
		}
	}
	return fmt.Errorf("no entry of %s", of.address)
}
