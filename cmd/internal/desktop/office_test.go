//go:build linux

package desktop_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"lockstep/cmd/internal/desktop"
	"lockstep/cmd/internal/sample"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/severa/api"
)

// programs builds what a person installs, once.
func programs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, cgo := range map[string]string{"lockstep": "0", "lockstepctl": "0", "lockstep-window": "1"} {
		c := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-tags", "x11", "-o", dir, "lockstep/cmd/"+name)
		c.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", name, err, out)
		}
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
}

// signIn gives a person a desktop and the servers of an office.
func signIn(t *testing.T) *site {
	t.Helper()
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
	o := &site{t: t, Session: s, bin: programs(t), home: filepath.Join(dir, "office")}
	o.serve()
	return o
}

// serve starts the servers and reads how to get in.
func (o *site) serve() {
	o.t.Helper()
	o.must(o.Run(o.t.Context(), "sim", "sh", "-c", "exec "+filepath.Join(o.bin, "lockstepctl")+" sim --people 3 --items 40 > sim.json"))
	o.until("the servers are ready", func() bool {
		b, err := os.ReadFile(filepath.Join(o.Dir, "sim.json"))
		return err == nil && json.Unmarshal(b, &o.access) == nil
	})
	var err error
	o.severa, err = api.New(api.Options{
		BaseURL: o.access.Severa.URL, ClientID: o.access.Severa.ClientID, Secret: api.NewSecret(o.access.Severa.ClientSecret), Now: time.Now,
	})
	o.must(err)
	o.t.Cleanup(o.severa.Close)
}

// setUp sets the office up by the command line, with the secrets in the keyring.
func (o *site) setUp() {
	o.t.Helper()
	file := filepath.Join(o.Dir, "office.toml")
	text := fmt.Sprintf("zone = \"Europe/Helsinki\"\n[exchange]\nurl = %q\ndomain = %q\nuser = %q\n[severa]\nurl = %q\nclient_id = %q\n[people]\neveryone = true\n[screen]\nshow_subjects = true\n",
		o.access.Exchange.URL, o.access.Exchange.Domain, o.access.Exchange.User, o.access.Severa.URL, o.access.Severa.ClientID)
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

// times tells how often a subject stands in a person's Exchange calendar around a moment.
func (o *site) times(email, subject string, around time.Time) int {
	o.t.Helper()
	c, err := ews.New(ews.Options{
		URL: o.access.Exchange.URL, Domain: o.access.Exchange.Domain, User: o.access.Exchange.User,
		Password: ews.Password(o.access.Exchange.Password), Now: time.Now,
	})
	o.must(err)
	defer c.Close()
	page, err := c.Mailbox(email).FindItemView(o.t.Context(), ews.ViewRequest{
		Folder: ews.FolderRef{Name: ews.FolderCalendar}, Start: around.Add(-12 * time.Hour), End: around.Add(12 * time.Hour), Shape: ews.Shape{Fields: []ews.FieldURI{ews.FieldSubject}},
	})
	o.must(err)
	n := 0
	for _, item := range page.Items {
		if item.Subject == subject {
			n++
		}
	}
	return n
}
