//go:build linux

package desktop_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lockstep/cmd/internal/desktop"
	"lockstep/cmd/internal/sample"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/severa/api"
)

// built are the programs that a person installs; the window can tell besides
// what it shows. They are built once for all tests.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lockstep-desktop")
	if err != nil {
		return "", err
	}
	folder.Store(&dir)
	for name, cgo := range map[string]string{"lockstep": "0", "lockstepctl": "0", "lockstep-window": "1"} {
		c := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-tags", "x11,desktoptest", "-o", dir, "lockstep/cmd/"+name)
		c.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
		if out, err := c.CombinedOutput(); err != nil {
			return dir, fmt.Errorf("build %s: %w\n%s", name, err, out)
		}
	}
	return dir, nil
})

// folder is where the programs are.
var folder atomic.Pointer[string]

func TestMain(m *testing.M) {
	code := m.Run()
	if dir := folder.Load(); dir != nil {
		_ = os.RemoveAll(*dir)
	}
	os.Exit(code)
}

func programs(t *testing.T) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// site is an office on a desktop: two servers in a process of their own, and a
// home folder.
type site struct {
	t *testing.T
	*desktop.Session
	bin    string
	home   string
	access sample.Access
	severa *api.Client
	looks  *time.Ticker // paces how often the servers are looked at
}

// pace leaves most of what Severa takes in a second to the program.
const pace = 300 * time.Millisecond

// signIn gives a person a desktop and the servers of an office, if there are
// words for lockstepctl sim.
func signIn(t *testing.T, sim ...string) *site {
	t.Helper()
	if testing.Short() {
		t.Skip("builds every program and starts a desktop")
	}
	if missing := desktop.Needs(); len(missing) > 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("missing: %v", missing)
		}
		t.Skipf("missing: %v; make setup installs them", missing)
	}
	dir := t.TempDir()
	if kept := os.Getenv("LOCKSTEP_DESKTOP"); kept != "" {
		dir = filepath.Join(kept, t.Name())
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	s, err := desktop.Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	t.Cleanup(func() {
		if t.Failed() && os.Getenv("LOCKSTEP_DESKTOP") != "" {
			_ = s.Picture(context.WithoutCancel(t.Context()), "failed") // it is for who looks into it
		}
	})
	o := &site{t: t, Session: s, bin: programs(t), home: filepath.Join(dir, "office"), looks: time.NewTicker(pace)}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.State(context.WithoutCancel(t.Context()), o.home))
		}
	})
	t.Cleanup(o.looks.Stop)
	if len(sim) > 0 {
		o.serve(sim...)
	}
	return o
}

// serve starts the servers and reads how to get in.
func (o *site) serve(args ...string) {
	o.t.Helper()
	o.must(o.Run(o.t.Context(), "sim", "sh", "-c",
		"exec "+filepath.Join(o.bin, "lockstepctl")+" sim "+strings.Join(args, " ")+" > sim.json"))
	o.until("the servers are ready", func() bool {
		b, err := os.ReadFile(filepath.Join(o.Dir, "sim.json"))
		return err == nil && json.Unmarshal(b, &o.access) == nil
	})
	var err error
	o.severa, err = api.New(api.Options{
		BaseURL: o.access.Severa.URL, ClientID: o.access.Severa.ClientID, Secret: api.NewSecret(o.access.Severa.ClientSecret), Now: time.Now,
		CAPEM: []byte(o.access.Severa.CA),
	})
	o.must(err)
	o.t.Cleanup(o.severa.Close)
}

// setUp sets the office up by the command line, with the secrets in the keyring.
// more is added to its file.
func (o *site) setUp(more string) {
	o.t.Helper()
	file := filepath.Join(o.Dir, "office.toml")
	text := fmt.Sprintf("zone = \"Europe/Helsinki\"\n[exchange]\nurl = %q\ndomain = %q\nuser = %q\n[severa]\nurl = %q\nclient_id = %q\n[people]\neveryone = true\n[screen]\nshow_subjects = true\n%s",
		o.access.Exchange.URL, o.access.Exchange.Domain, o.access.Exchange.User, o.access.Severa.URL, o.access.Severa.ClientID, more)
	o.must(os.WriteFile(file, []byte(text), 0o600))
	o.ctl("", "setup", "--file", file)
	o.ctl(o.access.Exchange.Password, "secret", "set", "exchange")
	o.ctl(o.access.Severa.ClientSecret, "secret", "set", "severa")
}

// ctl runs the command line and gives what it printed.
func (o *site) ctl(input string, args ...string) string {
	o.t.Helper()
	out, err := o.Feed(o.t.Context(), input, filepath.Join(o.bin, "lockstepctl"), append(args, "--home", o.home)...)
	o.must(err)
	return out
}

// begin starts the resident program as the desktop does.
func (o *site) begin(args ...string) {
	o.t.Helper()
	o.must(o.Run(o.t.Context(), "lockstep", filepath.Join(o.bin, "lockstep"), append([]string{"--home", o.home}, args...)...))
}

func (o *site) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *site) until(what string, so func() bool) {
	o.t.Helper()
	o.must(o.Session.Until(o.t.Context(), what, so))
}

// menuSays waits for a line of the tray's menu.
func (o *site) menuSays(words string) {
	o.t.Helper()
	if err := o.Session.Until(o.t.Context(), "the menu says "+words, func() bool { return o.Says(words) }); err != nil {
		entries, _ := o.Menu()
		o.t.Fatalf("%v; it says %q", err, desktop.Labels(entries))
	}
}

func (o *site) picture(name string) {
	o.t.Helper()
	if os.Getenv("LOCKSTEP_DESKTOP") != "" {
		o.must(o.Picture(o.t.Context(), name))
	}
}

// book books something in Severa for a person, as he would there.
func (o *site) book(email, subject string, at time.Time) {
	o.t.Helper()
	ctx := o.t.Context()
	user, err := o.severa.UserByEmail(ctx, email)
	o.must(err)
	types, _, err := api.All(o.severa.ActivityTypes(ctx, api.ActivityTypeQuery{Categories: []api.Category{api.CategoryCalendarEntry}}))
	o.must(err)
	if len(types) == 0 {
		o.t.Fatal("Severa has no type for a calendar entry")
	}
	_, err = o.severa.CreateActivity(ctx, api.ActivityDraft{
		Name: subject, Start: api.At(at), End: api.At(at.Add(time.Hour)), HasDuration: true, ActivityTypeGUID: types[0].GUID, OwnerGUID: user.GUID,
	})
	o.must(err)
}

// mailbox is a person's, as our account sees it.
func (o *site) mailbox(email string) (m *ews.Mailbox, done func()) {
	o.t.Helper()
	c, err := ews.New(ews.Options{
		URL: o.access.Exchange.URL, Domain: o.access.Exchange.Domain, User: o.access.Exchange.User,
		Password: ews.Password(o.access.Exchange.Password), Now: time.Now, CAFile: []byte(o.access.Exchange.CA),
	})
	o.must(err)
	return c.Mailbox(email), c.Close
}

// enter enters something in a person's Exchange calendar.
func (o *site) enter(email, subject string, at time.Time) {
	o.t.Helper()
	m, done := o.mailbox(email)
	defer done()
	made, err := m.CreateItem(o.t.Context(), ews.FolderRef{Name: ews.FolderCalendar}, []ews.NewItem{{
		Item:   ews.CalendarItem{Subject: subject, Start: ews.At(at), End: ews.At(at.Add(time.Hour))},
		Fields: []ews.FieldURI{ews.FieldSubject, ews.FieldStart, ews.FieldEnd},
	}}, ews.SendToNone)
	o.must(err)
	o.must(made[0].Err)
}

// times tells how often a subject stands in a person's calendars around a moment.
func (o *site) times(email, subject string, around time.Time) (severa, exchange int) {
	o.t.Helper()
	from, to := around.Add(-12*time.Hour), around.Add(12*time.Hour)
	<-o.looks.C // whoever asks Severa too often keeps the program from it
	m, done := o.mailbox(email)
	defer done()
	page, err := m.FindItemView(o.t.Context(), ews.ViewRequest{
		Folder: ews.FolderRef{Name: ews.FolderCalendar}, Start: from, End: to, Shape: ews.Shape{Fields: []ews.FieldURI{ews.FieldSubject}},
	})
	o.must(err)
	for _, item := range page.Items {
		if item.Subject == subject {
			exchange++
		}
	}
	user, err := o.severa.UserByEmail(o.t.Context(), email)
	o.must(err)
	all, _, err := api.All(o.severa.Activities(o.t.Context(), api.ActivityQuery{UserGUIDs: []string{user.GUID}, Start: from, End: to}))
	o.must(err)
	for _, a := range all {
		if a.Name == subject {
			severa++
		}
	}
	return severa, exchange
}

// both tells whether a subject stands once on either side.
func (o *site) both(email, subject string, around time.Time) bool {
	o.t.Helper()
	severa, exchange := o.times(email, subject, around)
	return severa == 1 && exchange == 1
}
