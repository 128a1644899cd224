package wire

import (
	"context"
	"maps"
	"sync"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/state"
)

// trials are the last tests of both connections. Before an office is set up
// they are all that anybody knows of its servers, so the papers are made of
// them; a restart forgets them, as it forgets nothing that took effect.
type trials struct {
	mu   sync.Mutex
	last map[event.Side]trial
}

// trial is one test, and of what.
type trial struct {
	url, account string
	at           time.Time
	result       localapi.TestResult
}

func (t *trials) keep(side event.Side, c state.Connection, at time.Time, r localapi.TestResult) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := maps.Clone(t.last)
	if last == nil {
		last = map[event.Side]trial{}
	}
	last[side] = trial{c.URL, signIn(c), at, r}
	t.last = last
}

// of is the last test of a connection as it is now, false where it was another one.
func (t *trials) of(side event.Side, c state.Connection) (trial, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	x, ok := t.last[side]
	return x, ok && x.url == c.URL && x.account == signIn(c)
}

// tell adds what a test has shown to a connection on the handover sheet.
func (x trial) tell(s *localapi.HandoverSystem) {
	s.Tested, s.TestOK = x.at, x.result.OK
	if x.result.Generation != "" {
		s.Product = productOf(x.result.Generation)
	}
	s.Build = x.result.Version
	if m := x.result.Mailbox; m != nil {
		s.TestedWith, s.TestedWithOK = m.Address, m.OK
	}
	if c := x.result.Certificate; c != nil {
		s.Certificate = &doctor.Certificate{
			Subject: c.Subject, Issuer: c.Issuer, From: c.NotBefore, Until: c.NotAfter, SHA256: c.FingerprintSHA256,
		}
	}
}

// productOf is what the product of a version of office.toml is called.
func productOf(version string) string {
	if version == "se" {
		return "Exchange Server SE"
	}
	return "Exchange " + version
}

// diagnosedTrial is a test without what names its account.
type diagnosedTrial struct {
	At           time.Time         `json:"at"`
	OK           bool              `json:"ok"`
	Milliseconds int64             `json:"milliseconds"`
	Version      string            `json:"version,omitempty"`
	Certificate  string            `json:"certificate,omitempty"` // what speaks against it
	Trouble      *localapi.Trouble `json:"trouble,omitempty"`
	Tries        int               `json:"tries_left,omitempty"`
	// Mailbox tells how acting for somebody went, where it was tried.
	Mailbox *localapi.Trouble `json:"mailbox_trouble,omitempty"`
	Acted   bool              `json:"acted_for_a_mailbox,omitempty"`
}

// progress is how far the setup is: what helps somebody who is stuck in it.
func (s *Site) progress(ctx context.Context, so soFar) any {
	out := struct {
		Drafted bool                      `json:"nothing_in_effect"`
		Page    string                    `json:"page,omitempty"` // of a setup that is under way
		Secrets map[string]bool           `json:"secrets_there"`
		Wrong   map[string]string         `json:"wrong,omitempty"` // fields by their kind of trouble
		Tests   map[string]diagnosedTrial `json:"tests"`
	}{Drafted: so.drafted || so.settings.Office == "", Page: so.page, Secrets: map[string]bool{}, Tests: map[string]diagnosedTrial{}}
	for _, name := range []string{SecretExchange, SecretSevera} {
		there, err := s.HasSecret(ctx, name)
		out.Secrets[name] = err == nil && there
	}
	if x := (setter{s}); so.page != "" {
		kept, _ := x.kept()
		_, _, wrong := x.read(x.under(kept.Draft))
		for _, p := range wrong {
			if out.Wrong == nil {
				out.Wrong = map[string]string{}
			}
			out.Wrong[p.Key] = string(p.Code)
		}
	}
	for _, side := range event.Sides() {
		t, ok := s.trials.of(side, so.settings.Connections[side])
		if !ok {
			continue
		}
		r := t.result
		d := diagnosedTrial{At: t.at.UTC(), OK: r.OK, Milliseconds: r.Milliseconds, Version: r.Version, Trouble: r.Trouble, Tries: r.Tries}
		if r.Certificate != nil {
			d.Certificate = r.Certificate.Why
		}
		if r.Mailbox != nil {
			d.Acted, d.Mailbox = r.Mailbox.OK, r.Mailbox.Trouble
		}
		out.Tests[side.String()] = d
	}
	return out
}
