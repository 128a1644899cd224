package wire

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/natefinch/atomic"

	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/state"
)

// doctorName is the last examination inside a home folder, for the next start
// and for who helps. It holds no secret and no calendar text.
const doctorName = "doctor.json"

// surgery is where examinations are made, one at a time.
type surgery struct {
	site *Site

	mu      sync.Mutex
	report  doctor.Report
	changed chan struct{} // closed with the next change
	loaded  bool
	stop    context.CancelFunc
	working sync.WaitGroup
}

// Doctor begins an examination, or follows the one there is.
func (s *Site) Doctor(ctx context.Context, q localapi.DoctorRequest) (doctor.Report, error) {
	d := &s.surgery
	if q.Begin {
		return d.begin(ctx, q)
	}
	for {
		r, changed := d.now()
		if q.After == 0 || r.Seq != q.After {
			return r, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return r, nil
		}
	}
}

func (d *surgery) now() (doctor.Report, <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.load()
	return d.copied(), d.changed
}

// load brings back what the last examination found. The lock is held.
func (d *surgery) load() {
	if d.loaded {
		return
	}
	d.loaded, d.changed = true, make(chan struct{})
	text, err := os.ReadFile(filepath.Join(d.site.Home, doctorName))
	if err != nil {
		return
	}
	var r doctor.Report
	if json.Unmarshal(text, &r) == nil {
		r.Running, r.Doing, r.Who = false, "", ""
		d.report = r
	}
}

func (d *surgery) copied() doctor.Report {
	r := d.report
	r.Results, r.People = slices.Clone(r.Results), slices.Clone(r.People)
	for i := range r.People {
		r.People[i].Results = slices.Clone(r.People[i].Results)
	}
	return r
}

// change makes a change that others can see at once.
func (d *surgery) change(do func(*doctor.Report)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do(&d.report)
	d.report.Seq++
	close(d.changed)
	d.changed = make(chan struct{})
}

// begin starts an examination, unless one is under way.
func (d *surgery) begin(ctx context.Context, q localapi.DoctorRequest) (doctor.Report, error) {
	settings, err := d.site.Settings(ctx)
	if err != nil {
		return doctor.Report{}, err
	}
	if settings.Office == "" {
		return doctor.Report{}, office.ErrNotSetUp
	}
	d.mu.Lock()
	d.load()
	if d.report.Running {
		defer d.mu.Unlock()
		return d.copied(), nil
	}
	before := d.report.People
	d.report = doctor.Report{Seq: d.report.Seq + 1, Running: true, Started: d.site.now(), Results: []doctor.Result{}, People: []doctor.Person{}}
	close(d.changed)
	d.changed = make(chan struct{})
	// It goes on when who asked for it has gone, and ends with the site.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	d.stop = cancel
	d.working.Go(func() {
		defer cancel()
		d.examine(work, settings, q, before)
	})
	defer d.mu.Unlock()
	return d.copied(), nil
}

// EndDoctor ends an examination that is under way, and waits until what it has
// written is removed.
func (s *Site) EndDoctor() { s.surgery.close() }

// close ends an examination that is under way and waits for it.
func (d *surgery) close() {
	d.mu.Lock()
	stop := d.stop
	d.mu.Unlock()
	if stop != nil {
		stop()
	}
	d.working.Wait()
}

// examine makes all checks.
func (d *surgery) examine(ctx context.Context, settings state.Settings, q localapi.DoctorRequest, before []doctor.Person) {
	x := newExamination(ctx, d.site, settings)
	doing := func(who string) func(doctor.Check) {
		return func(c doctor.Check) { d.change(func(r *doctor.Report) { r.Doing, r.Who = c, who }) }
	}
	done := doctor.Examine(ctx, x.office(), nil, doing(""), func(res doctor.Result) {
		d.change(func(r *doctor.Report) { r.Results = append(r.Results, res) })
	})
	people, err := d.patients(ctx, q)
	d.seek(ctx, settings, people)
	if err == nil && len(people) == 0 && !q.OfficeOnly {
		people, err = d.newcomers(ctx, done)
	}
	if err != nil {
		d.site.Log.WarnContext(ctx, "people not examined", slog.Any("err", err))
	}
	x.everybody(people)
	outside := d.strangers(ctx, q)
	x.outside = outside
	people = append(people, outside...)
	for i, p := range people {
		sick := patient(p)
		sick.Outside = i >= len(people)-len(outside)
		d.change(func(r *doctor.Report) { r.People = append(r.People, sick) })
		results := doctor.Examine(ctx, x.person(p), done, doing(p.Addresses[event.Exchange]), func(res doctor.Result) {
			d.change(func(r *doctor.Report) { r.People[i].Results = append(r.People[i].Results, res) })
		})
		d.change(func(r *doctor.Report) {
			r.People[i].Outcome, r.People[i].Alert, r.People[i].At = doctor.OutcomeOf(results), doctor.AlertOf(results), d.site.now()
		})
		d.enable(ctx, q, i)
	}
	doctor.Examine(ctx, x.afterwards(people, q.OfficeOnly), done, doing(""), func(res doctor.Result) {
		d.change(func(r *doctor.Report) { r.Results = append(r.Results, res) })
	})
	x.close(ctx)
	end := func(r *doctor.Report) {
		r.Running, r.Doing, r.Who, r.Ended = false, "", "", d.site.now()
		r.People = withOthers(r.People, before)
	}
	r, _ := d.now()
	end(&r)
	d.keep(ctx, r) // before anybody is told that it has ended
	d.change(end)
}

// withOthers keeps what is known of people who were not examined this time.
func withOthers(now, before []doctor.Person) []doctor.Person {
	for _, p := range before {
		if !slices.ContainsFunc(now, func(q doctor.Person) bool { return q.Address == p.Address }) {
			p.Results = nil // only what it came to; today's lines are today's
			now = append(now, p)
		}
	}
	return now
}

// keep writes the examination down.
func (d *surgery) keep(ctx context.Context, r doctor.Report) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		path := filepath.Join(d.site.Home, doctorName)
		if err = atomic.WriteFile(path, strings.NewReader(string(text))); err == nil {
			err = os.Chmod(path, 0o600)
		}
	}
	if err != nil {
		d.site.Log.WarnContext(ctx, "examination not kept", slog.Any("err", err))
	}
}

// patients are the people to examine: those who are named, whether or not the
// office knows them yet, or everybody who is switched on.
func (d *surgery) patients(ctx context.Context, q localapi.DoctorRequest) ([]state.Person, error) {
	if q.OfficeOnly {
		return nil, nil
	}
	if len(q.Who) == 0 {
		people, err := d.site.Office.People(ctx)
		return slices.DeleteFunc(people, func(p state.Person) bool { return !p.Enabled }), err
	}
	var out []state.Person
	for _, a := range q.Who {
		p, err := d.site.Office.Find(ctx, a)
		if errors.Is(err, office.ErrNoSuchPerson) {
			p, err = newPerson("", [2]string{plainAddress(a), plainAddress(a)}), nil
			p.Enabled = false
		}
		if err != nil {
			return out, err
		}
		out = append(out, p)
	}
	return out, nil
}

// seek looks for the server by a person's address where none is at the one
// that is set up, and tells where it is.
func (d *surgery) seek(ctx context.Context, settings state.Settings, people []state.Person) {
	r, _ := d.now()
	at := slices.IndexFunc(r.Results, func(x doctor.Result) bool {
		lost := x.Cause == doctor.CauseNoService || x.Cause == doctor.CauseWebPage || x.Cause == doctor.CauseNoAuth ||
			x.Cause == doctor.CauseHostUnknown || x.Cause == doctor.CauseRedirected
		return x.State == doctor.Failed && x.Side == event.Exchange.String() && lost
	})
	if at < 0 || len(people) == 0 {
		return
	}
	f, err := setter{d.site}.FindServer(ctx, localapi.FindServerRequest{
		Address: people[0].Addresses[event.Exchange], Draft: draftOf(settings, nil),
	})
	if err != nil || f.URL == "" || f.Cloud || f.URL == settings.Connections[event.Exchange].URL {
		return
	}
	d.change(func(r *doctor.Report) { r.Results[at] = r.Results[at].With("found_url", f.URL) })
}

// strangers are the people for whom the account must not be able to act.
func (d *surgery) strangers(ctx context.Context, q localapi.DoctorRequest) []state.Person {
	if len(q.Outside) == 0 {
		return nil
	}
	found, err := d.patients(ctx, localapi.DoctorRequest{Who: q.Outside})
	if err != nil {
		d.site.Log.WarnContext(ctx, "people not examined", slog.Any("err", err))
	}
	return found
}

// newcomers looks for people where the office takes whoever matches.
func (d *surgery) newcomers(ctx context.Context, done []doctor.Result) ([]state.Person, error) {
	if !slices.ContainsFunc(done, func(r doctor.Result) bool { return r.Check == doctor.CheckSignIn && r.State == doctor.Passed }) ||
		!slices.ContainsFunc(done, func(r doctor.Result) bool {
			return r.Check == doctor.CheckBusiness && r.State != doctor.Failed && r.State != doctor.Skipped
		}) {
		return nil, nil
	}
	if err := d.site.Discover(ctx, true); err != nil {
		return nil, err
	}
	return d.patients(ctx, localapi.DoctorRequest{})
}

func patient(p state.Person) doctor.Person {
	return doctor.Person{
		Name: p.Name, Address: p.Addresses[event.Exchange], Outcome: doctor.OutcomeNotRun,
		Enabled: p.Enabled, ApprovedBy: p.SwitchedBy, ApprovedAt: p.SwitchedAt, Results: []doctor.Result{},
	}
}

// enable switches somebody on who has passed, if that was asked for.
func (d *surgery) enable(ctx context.Context, q localapi.DoctorRequest, at int) {
	r, _ := d.now()
	p := r.People[at]
	if !q.Enable || slices.Contains(q.Outside, p.Address) || p.Outcome != doctor.OutcomeSuccess || p.Enabled || ctx.Err() != nil {
		return
	}
	on, err := d.site.Agent().Switch(ctx, p.Address, true, q.By)
	if err != nil {
		d.site.Log.WarnContext(ctx, "person not switched on", slog.Any("err", err))
		return
	}
	d.change(func(r *doctor.Report) {
		r.People[at].Enabled, r.People[at].ApprovedBy, r.People[at].ApprovedAt = on.Enabled, on.SwitchedBy, on.SwitchedAt
	})
}
