// Package demo is an office to try Lockstep on: the sample's people, both
// servers in this process, and a home folder that goes when it ends. It is set
// up, and nothing has been synced yet. Everything in it is reached over real
// HTTP with a real sign-in, so that what is tried is what an office would get.
package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"lockstep/cmd/internal/policy"
	"lockstep/cmd/internal/sample"
	"lockstep/cmd/internal/wire"
	"lockstep/store/secret"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/localapi"
	"lockstep/sync/severa/api"
)

// changedPassword is what the Exchange account's password becomes.
const changedPassword = "Uusi-Tasatahti-2027" //nolint:gosec // of a server that is made up

// every is how often the demo looks: somebody watches.
const every = "10s"

// Office is the demo.
type Office struct {
	// Home is the folder it lives in.
	Home string

	now    func() time.Time
	temp   string
	open   *sample.Open
	faults *ewssim.Faults

	kept secret.Keyring // over all openings: nothing is kept elsewhere

	mu       sync.Mutex
	site     *wire.Site // while it is open
	on       map[string]bool
	password string
}

var _ localapi.Demonstration = (*Office)(nil)

// Start starts both servers. Close must be called.
func Start(now func() time.Time) (o *Office, err error) {
	o = &Office{now: now, faults: &ewssim.Faults{}, on: map[string]bool{}, password: sample.ServiceSecret, kept: secret.NewMemory()}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.Close())
		}
	}()
	made, err := sample.New(sample.Options{Now: now, Faults: o.faults, Rate: -1, Highlights: true})
	if err != nil {
		return o, fmt.Errorf("make demo office: %w", err)
	}
	if o.open, err = made.Start("127.0.0.1:0", "127.0.0.1:0", false); err != nil {
		return o, fmt.Errorf("start demo servers: %w", err)
	}
	if o.temp, err = os.MkdirTemp("", "lockstep-demo-"); err != nil {
		return o, fmt.Errorf("make demo home: %w", err)
	}
	home := filepath.Join(o.temp, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		return o, fmt.Errorf("make demo home: %w", err)
	}
	o.Home, err = wire.Canonical(home)
	return o, err
}

// Open opens the demo's office, set up the first time. Its home, its secrets
// and its policies replace those of the options.
func (o *Office) Open(ctx context.Context, opts wire.Options) (*wire.Site, error) {
	opts.Home, opts.Now, opts.Ring, opts.Demo, opts.Autostart = o.Home, o.now, o.kept, o, nil
	opts.Policies = func() (policy.Set, error) { return policy.Set{}, nil }
	opts.Pacer = api.NewPacer(hurried(o.now)) // the demo's Severa has no quota
	site, err := wire.Open(ctx, opts)
	if err != nil {
		return nil, err
	}
	if err := o.setUp(ctx, site); err != nil {
		return nil, errors.Join(fmt.Errorf("set demo up: %w", err), site.Close())
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.site = site
	return site, nil
}

// setUp does so once.
func (o *Office) setUp(ctx context.Context, site *wire.Site) error {
	settings, err := site.Settings(ctx)
	if err != nil || settings.Office != "" {
		return err
	}
	a := o.open.Access
	agent := site.Agent()
	if _, err := agent.SaveSetup(ctx, localapi.Draft{
		Zone:     sample.OfficeZone,
		Exchange: localapi.DraftExchange{URL: a.Exchange.URL, Domain: a.Exchange.Domain, User: a.Exchange.User},
		Severa:   localapi.DraftSevera{URL: a.Severa.URL, ClientID: a.Severa.ClientID},
		People:   localapi.DraftPeople{Everyone: true},
		Rules:    localapi.DraftRules{Every: every},
		Screen:   localapi.DraftScreen{ShowSubjects: true},
	}); err != nil {
		return err
	}
	for name, text := range map[string]string{wire.SecretExchange: a.Exchange.Password, wire.SecretSevera: a.Severa.ClientSecret} {
		if err := agent.SetSecret(ctx, localapi.SecretRequest{System: name, Secret: localapi.Secret(text)}); err != nil {
			return err
		}
	}
	return nil
}

// hurried is a clock by which a quota is used up and refilled in no time.
func hurried(now func() time.Time) func() time.Time {
	began := now()
	return func() time.Time { return began.Add(1000 * now().Sub(began)) }
}

// Demo is one person's week in both systems.
func (o *Office) Demo(_ context.Context, q localapi.DemoRequest) (localapi.DemoState, error) {
	o.mu.Lock()
	out := localapi.DemoState{Present: true, Faults: map[string]bool{}, Password: o.password}
	for name, on := range o.on {
		out.Faults[name] = on
	}
	o.mu.Unlock()
	for _, p := range o.open.People {
		out.People = append(out.People, localapi.DemoPerson{Name: p.Name(), Address: p.Email, Zone: p.Zone})
		if out.Person == "" && (q.Person == "" || strings.EqualFold(q.Person, p.Email)) {
			out.Person = p.Email
			when := q.Week
			if when.IsZero() {
				when = o.now()
			}
			out.From = monday(when.In(p.Zoned()))
			out.To = out.From.AddDate(0, 0, 7)
		}
	}
	if out.Person == "" {
		return localapi.DemoState{}, stranger()
	}
	lists := [2]func(string, time.Time, time.Time) ([]sample.Shown, error){
		event.Business: o.open.InSevera, event.Exchange: o.open.InExchange,
	}
	for _, side := range event.Sides() {
		shown, err := lists[side](out.Person, out.From, out.To)
		if err != nil {
			return localapi.DemoState{}, refused(err)
		}
		for _, s := range shown {
			out.Entries = append(out.Entries, localapi.DemoEntry{
				Side: side.String(), ID: s.ID, Subject: s.Subject, Location: s.Location, Start: s.Start, End: s.End,
				AllDay: s.AllDay, Private: s.Private, Series: s.Series, Fixed: s.Fixed,
			})
		}
	}
	return out, nil
}

func monday(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, t.Location())
}

func stranger() error {
	return &localapi.Error{Code: localapi.CodeNoPerson, Message: "nobody of the demo has that address"}
}

// refused is an error of what a user did, with the code for it.
func refused(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sample.ErrStranger):
		return stranger()
	case errors.Is(err, sample.ErrFixed), errors.Is(err, sample.ErrNoEntry):
		return &localapi.Error{Code: localapi.CodeUsage, Message: err.Error()}
	}
	return err
}

// DemoEdit does what a user of one of the two systems does.
func (o *Office) DemoEdit(_ context.Context, q localapi.DemoEdit) error {
	severa, exchange := q.Side == event.Business.String(), q.Side == event.Exchange.String()
	if !severa && !exchange {
		return &localapi.Error{Code: localapi.CodeUsage, Message: "the side is one of business and exchange"}
	}
	if q.Do != localapi.DemoDelete && (q.Start.IsZero() || !q.End.After(q.Start)) {
		return &localapi.Error{Code: localapi.CodeUsage, Message: "an entry ends after it begins"}
	}
	change, add := o.open.ChangeInExchange, o.open.AddInExchange
	if severa {
		change, add = o.open.ChangeInSevera, o.open.AddInSevera
	}
	switch q.Do {
	case localapi.DemoAdd:
		return refused(add(q.Person, q.Subject, q.Start, q.End))
	case localapi.DemoMove:
		return refused(change(q.Person, q.ID, q.Start, q.End))
	case localapi.DemoDelete:
		return refused(change(q.Person, q.ID, time.Time{}, time.Time{}))
	}
	return &localapi.Error{Code: localapi.CodeUsage, Message: "an edit is one of add, move and delete"}
}

// scripts are what servers do wrong while a fault is on.
func scripts() map[string]string {
	return map[string]string{
		localapi.FaultThrottle: "[[rule]]\nkind = \"throttle\"\nretry_after = \"20s\"\n",
		localapi.FaultOffline:  "[[rule]]\nkind = \"drop_before\"\n",
	}
}

// DemoFault lets something go wrong, or ends that.
func (o *Office) DemoFault(ctx context.Context, q localapi.DemoFault) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, scripted := scripts()[q.Fault]; !scripted && q.Fault != localapi.FaultWrongPassword {
		return &localapi.Error{Code: localapi.CodeUsage, Message: "a fault is one of throttle, offline and wrong_password"}
	}
	if o.on[q.Fault] == q.On {
		return nil
	}
	o.on[q.Fault] = q.On
	if q.Fault == localapi.FaultWrongPassword {
		return o.changePassword(ctx, q.On)
	}
	o.faults.Clear()
	for _, name := range []string{localapi.FaultOffline, localapi.FaultThrottle} {
		if !o.on[name] {
			continue
		}
		rules, err := ewssim.ParseFaults(strings.NewReader(scripts()[name]))
		if err != nil {
			return fmt.Errorf("make fault: %w", err)
		}
		o.faults.Add(rules.Rules()...)
	}
	if o.site != nil {
		o.site.Office.Wake()
	}
	return nil
}

// changePassword changes the password of the account in the made-up directory.
// When it is changed back, whoever was refused with it may try it again: in a
// real office somebody would type it.
func (o *Office) changePassword(ctx context.Context, on bool) error {
	o.password = sample.ServiceSecret
	if on {
		o.password = changedPassword
	}
	o.open.Exchange.AddAccount(sample.ServiceUser, o.password)
	if o.site == nil {
		return nil
	}
	return o.site.Retry(ctx)
}

// Close ends both servers and removes the home. The office is closed before.
func (o *Office) Close() error {
	var errs []error
	if o.open != nil {
		errs = append(errs, o.open.Close())
	}
	if o.temp != "" {
		errs = append(errs, os.RemoveAll(o.temp))
	}
	return errors.Join(errs...)
}
