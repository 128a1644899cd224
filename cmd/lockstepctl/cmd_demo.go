package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lockstep/cmd/internal/sample"
	"lockstep/cmd/internal/wire"
	"lockstep/store/secret"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/sync/severa/api"
	"lockstep/ui/model"
)

type demoCmd struct {
	People int    `help:"How many people work at the office." default:"5"`
	Items  int    `help:"How many entries are in their calendars." default:"200"`
	Keep   string `help:"Keep the home folder here." placeholder:"DIR" type:"path"`
	Serve  bool   `help:"Leave both servers running at the end, and print how to get in, as sim does."`
	All    bool   `help:"Do not shorten long lists."`
}

// Help explains what it shows.
func (demoCmd) Help() string {
	return `Both servers run in this process and are reached over real HTTP, with a real sign-in. Everything is
set on one Monday, so that the same options always show the same. It exits 0 only if the third sync had
nothing to write and the servers counted as many writes as were reported. A kept home folder is opened with
the passphrase in LOCKSTEP_PASSPHRASE, or "demo".`
}

// Run shows the whole job on a made-up office.
func (c demoCmd) Run(ctx context.Context, a *app) error {
	if c.People < 1 || c.Items < 1 {
		return usage("--people and --items must be at least 1.")
	}
	d := &demo{app: a, opts: c, clock: newClock()}
	err := d.play(ctx)
	return errors.Join(err, d.close())
}

// demoMonday is the moment at which the demo is set.
func demoMonday() time.Time { return time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC) }

// clock begins on the demo's Monday, goes at the pace of the real one, and can
// be pushed ahead.
type clock struct {
	began time.Time
	mu    sync.Mutex
	ahead time.Duration
}

func newClock() *clock { return &clock{began: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return demoMonday().Add(time.Since(c.began) + c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// demo is one performance.
type demo struct {
	*app
	opts  demoCmd
	clock *clock
	open  *sample.Open
	site  *wire.Site
	agent localapi.Agent
	temp  string
	total localapi.Summary // of all syncs
}

func (d *demo) play(ctx context.Context) error {
	if err := d.build(ctx); err != nil {
		return err
	}
	if err := d.first(ctx); err != nil {
		return err
	}
	if err := d.second(ctx); err != nil {
		return err
	}
	if err := d.third(ctx); err != nil {
		return err
	}
	if !d.opts.Serve {
		return nil
	}
	return d.serve(ctx, d.open)
}

// build starts the servers and sets the office up as a person would.
func (d *demo) build(ctx context.Context) error {
	// Without a quota on the server's side none has to be kept to.
	office, err := sample.New(sample.Options{Now: d.clock.now, People: d.opts.People, Entries: d.opts.Items, Rate: -1, Highlights: true})
	if err != nil {
		return err
	}
	if d.open, err = office.Start("127.0.0.1:0", "127.0.0.1:0", false); err != nil {
		return err
	}
	home, o := d.opts.Keep, wire.Options{Policies: noPolicy, Now: d.clock.now, Pacer: api.NewPacer(hurried())}
	if home == "" {
		if d.temp, err = os.MkdirTemp("", "lockstep-demo-"); err != nil {
			return err
		}
		home, o.Ring = filepath.Join(d.temp, "home"), secret.NewMemory()
	}
	o.Home = home
	o.Passphrase = func(context.Context) (string, error) {
		if p := os.Getenv("LOCKSTEP_PASSPHRASE"); p != "" {
			return p, nil
		}
		return "demo", nil
	}
	if d.site, err = wire.Open(ctx, o); err != nil {
		return err
	}
	d.agent = d.site.Agent()
	f, err := wire.ParseOffice([]byte(officeFile(d.open.Access)))
	if err != nil {
		return err
	}
	if _, err := d.site.Setup(ctx, f, "."); err != nil {
		return err
	}
	for name, text := range map[string]string{
		wire.SecretExchange: d.open.Access.Exchange.Password, wire.SecretSevera: d.open.Access.Severa.ClientSecret,
	} {
		if err := d.site.SetSecret(ctx, name, text); err != nil {
			return err
		}
	}
	say(d.out, "A made-up office of %d people with %d entries in two systems, on %s.\n",
		len(office.People), len(office.Entries), demoMonday().Format("Monday 2 January 2006"))
	say(d.out, "  Exchange  %s  (NTLM, acting for everybody)\n", d.open.Access.Exchange.URL)
	say(d.out, "  Severa    %s\n", d.open.Access.Severa.URL)
	return nil
}

// hurried is a clock by which a quota is used up and refilled in no time.
func hurried() func() time.Time {
	began := time.Now()
	return func() time.Time { return began.Add(1000 * time.Since(began)) }
}

// officeFile is the office.toml of a simulated office.
func officeFile(a sample.Access) string {
	return fmt.Sprintf("zone = %q\n[exchange]\nurl = %q\ndomain = %q\nuser = %q\n[severa]\nurl = %q\nclient_id = %q\n[people]\neveryone = true\n[screen]\nshow_subjects = true\n",
		sample.OfficeZone, a.Exchange.URL, a.Exchange.Domain, a.Exchange.User, a.Severa.URL, a.Severa.ClientID)
}

func (d *demo) headline(s string) { say(d.out, "\n== %s\n\n", s) }

// first previews and applies exactly what the preview showed.
func (d *demo) first(ctx context.Context) error {
	d.headline("What a first sync would do, and why")
	stop := d.showProgress(ctx, d.agent, "Reading calendars", false)
	p, err := d.agent.Preview(ctx, localapi.PreviewRequest{})
	stop()
	if err != nil {
		return err
	}
	groups(d.out, model.Groups(p), d.opts.All, false)
	if err := previewCode(p); err != nil {
		return err
	}
	d.headline("The first sync: exactly that")
	_, err = d.sync(ctx, p.Digest)
	return err
}

func (d *demo) sync(ctx context.Context, digest string) (localapi.Summary, error) {
	stop := d.showProgress(ctx, d.agent, "Syncing", false)
	s, err := d.agent.Sync(ctx, localapi.SyncRequest{Digest: digest})
	stop()
	if err != nil {
		return s, err
	}
	summary(d.out, s)
	d.total.People = append(d.total.People, s.People...)
	d.total.Writes += s.Writes
	return s, syncCode(s)
}

// second lets people work, syncs, and tells what became of it.
func (d *demo) second(ctx context.Context) error {
	d.clock.pass(time.Hour)
	d.headline("An hour of work in both systems")
	said, err := d.open.Edit(d.clock.now(), d.clock.pass)
	if err != nil {
		return err
	}
	for _, s := range said {
		paragraph(d.out, "  ", s)
	}
	d.clock.pass(15 * time.Minute)
	last, err := d.agent.Runs(ctx, 1)
	if err != nil {
		return err
	}
	d.headline("What the second sync will do, and why")
	p, err := d.agent.Preview(ctx, localapi.PreviewRequest{})
	if err != nil {
		return err
	}
	groups(d.out, model.Groups(busy(p)), d.opts.All, false)
	d.headline("The second sync")
	if _, err := d.sync(ctx, ""); err != nil {
		return err
	}
	say(d.out, "\n")
	return d.tellRuns(ctx, last[0].ID)
}

// busy leaves out what the first preview has told already: people without
// anything to do, and entries that are left alone.
func busy(p localapi.Preview) localapi.Preview {
	var out localapi.Preview
	for _, person := range p.People {
		person.Rows = slices.DeleteFunc(slices.Clone(person.Rows), func(r localapi.Row) bool { return r.Kind == plan.Skip.String() })
		if len(person.Rows) > 0 {
			out.People = append(out.People, person)
		}
	}
	return out
}

// tellRuns says what the runs after one did.
func (d *demo) tellRuns(ctx context.Context, after int64) error {
	runs, err := d.agent.Runs(ctx, 1000)
	if err != nil {
		return err
	}
	for i := len(runs) - 1; i >= 0; i-- {
		if runs[i].ID <= after {
			continue
		}
		changes, err := d.agent.Changes(ctx, runs[i].ID)
		if err != nil {
			return err
		}
		for _, c := range changes {
			paragraph(d.out, "  ", runs[i].Person+": "+model.Happened(c))
		}
	}
	return nil
}

// third shows that there is nothing left, and that the servers agree.
func (d *demo) third(ctx context.Context) error {
	d.clock.pass(15 * time.Minute)
	d.headline("The third sync")
	s, err := d.sync(ctx, "")
	if err != nil {
		return err
	}
	if s.Writes != 0 {
		say(d.err, "lockstepctl: the third sync wrote %d entries; it should have had nothing to do.\n", s.Writes)
		return exitError(exitFailed)
	}
	say(d.out, "\nNothing was written: both systems are in step.\n")
	if err := d.audit(); err != nil {
		say(d.err, "lockstepctl: %v.\n", err)
		return exitError(exitFailed)
	}
	say(d.out, "The servers counted the same %d writes that were reported, and mailed nobody.\n", d.total.Writes)
	return nil
}

// audit holds what was reported against what the servers counted themselves.
func (d *demo) audit() error {
	reported := map[string]int{}
	for _, p := range d.total.People {
		for side, kinds := range p.Written {
			for kind, n := range kinds {
				reported[side+" "+kind] += n
			}
		}
	}
	counted := map[string]int{}
	for c, n := range d.open.Exchange.Writes() {
		counted[c.Op] += n
	}
	severa := d.open.Severa.Counts().Writes
	series := 0 // each has one occurrence moved and one left out, by requests of their own
	for _, e := range d.open.Entries {
		if e.Kind == sample.Series {
			series++
		}
	}
	for _, line := range []struct {
		what            string
		reported, there int
	}{
		{"entries made in Exchange", reported["exchange create"], counted["CreateItem"]},
		{"entries changed in Exchange", reported["exchange update"] + reported["exchange stamp"], counted["UpdateItem"]},
		{"entries deleted in Exchange", reported["exchange delete"] + reported["exchange leave"], counted["DeleteItem"] + counted["MoveItem"]},
		{"activities made in Severa", reported["business create"], severa["POST /v1/activities"]},
		{"activities changed in Severa", reported["business update"] + series, severa["PATCH /v1/activities/{guid}"]},
		{"activities deleted in Severa", reported["business delete"] + series, severa["DELETE /v1/activities/{guid}"]},
	} {
		if line.reported != line.there {
			return fmt.Errorf("%s: %d were reported, the server counted %d", line.what, line.reported, line.there)
		}
	}
	if mail := d.open.Exchange.Mail(); len(mail) > 0 {
		return fmt.Errorf("the server sent %d mails, and nobody was to be told", len(mail))
	}
	return nil
}

func (d *demo) close() error {
	var errs []error
	if d.site != nil {
		errs = append(errs, d.site.Close())
	}
	if d.open != nil {
		errs = append(errs, d.open.Close())
	}
	if d.temp != "" {
		errs = append(errs, os.RemoveAll(d.temp))
	}
	return errors.Join(errs...)
}
