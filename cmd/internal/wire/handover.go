package wire

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"lockstep/cmd/internal/version"
	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/exchange/adminscript"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/severa/api"
	"lockstep/sync/state"
)

// Handover is the whole setup, for who administers the servers. Nothing is
// connected for it: what the servers say of themselves is what the doctor was
// told last.
func (a *agent) Handover(ctx context.Context) (localapi.Handover, error) {
	so, err := a.site.soFar(ctx)
	settings := so.settings
	if err == nil && settings.Office == "" {
		err = office.ErrNotSetUp
	}
	if err != nil {
		return localapi.Handover{}, localapi.AsError(err)
	}
	people, err := a.Local.People(ctx)
	if err != nil {
		return localapi.Handover{}, err
	}
	for _, p := range so.people {
		people = append(people, localapi.PersonOf(p))
	}
	out := localapi.Handover{
		Made: a.site.now(), Version: version.Number, Home: a.site.Home, Zone: settings.Zone, People: people, Rules: rulesView(settings),
		Exchange: handoverSystem(settings.Connections[event.Exchange]), Business: handoverSystem(settings.Connections[event.Business]),
	}
	out.Draft = so.drafted
	for side, s := range map[event.Side]*localapi.HandoverSystem{event.Exchange: &out.Exchange, event.Business: &out.Business} {
		if tried, ok := a.site.trials.of(side, settings.Connections[side]); ok {
			tried.tell(s)
		}
	}
	out.Business.Scopes = strings.Join(api.DefaultScopes(), " ")
	if host, err := os.Hostname(); err == nil {
		out.PC = host
	}
	if r, err := a.Doctor(ctx, localapi.DoctorRequest{}); err == nil && !r.Started.IsZero() {
		out.Examined = r.Started
		examined(&out.Exchange, event.Exchange, r)
		examined(&out.Business, event.Business, r)
	}
	if out.Exchange.Version == "" {
		out.Exchange.Version = versionOf(out.Exchange.Product)
	}
	out.Rights = a.handoverScript(ctx, localapi.ScriptRequest{Version: out.Exchange.Version})
	out.Room = a.handoverScript(ctx, localapi.ScriptRequest{Version: out.Exchange.Version, Kind: string(adminscript.Throttling)})
	return out, nil
}

// soFar is how far an office is set up.
type soFar struct {
	settings state.Settings // zero where nobody has begun
	// drafted: nothing has taken effect; the settings are what has been filled in
	// so far, and people are those whom it names.
	drafted bool
	people  []state.Person
	page    string // of the setup that is under way
}

// soFar are the office's settings, or what has been filled in of them.
func (s *Site) soFar(ctx context.Context) (soFar, error) {
	settings, err := s.Settings(ctx)
	x := setter{s}
	kept, ok := x.kept()
	out := soFar{settings: settings, page: kept.Page}
	if err != nil || settings.Office != "" || !ok {
		return out, err
	}
	out.drafted = true
	out.settings, out.people, _ = x.read(x.under(kept.Draft)) // what is wrong or missing in it is not known yet
	return out, nil
}

// handoverScript is nil where the settings do not say enough for a script, or
// there is none for the server: the sheet says so.
func (a *agent) handoverScript(ctx context.Context, q localapi.ScriptRequest) *localapi.Script {
	s, err := a.Script(ctx, q)
	if err != nil {
		return nil
	}
	return &s
}

func handoverSystem(c state.Connection) localapi.HandoverSystem {
	out := localapi.HandoverSystem{
		System: c.System, URL: c.URL, Account: signIn(c), Auth: c.Auth, Access: c.Access, Version: c.Version,
		PinSHA256: colons(c.PinSHA256), LegacyTLS: c.LegacyTLS, Plain: c.Plain, Group: c.Group, OABURL: c.OABURL,
	}
	if c.CAFile != "" {
		out.CAFile = filepath.Base(c.CAFile)
	}
	return out
}

// examined adds what a server told the doctor.
func examined(s *localapi.HandoverSystem, side event.Side, r doctor.Report) {
	shown := false
	for _, line := range r.Lines() {
		if line.Side != side.String() {
			continue
		}
		if c := line.Certificate; c != nil && !shown {
			s.Certificate, shown = c, true
		}
		if v := line.Fact("route"); v != "" && line.Check == doctor.CheckProxy {
			s.Route = v
			if by := line.Fact("chosen_by"); by != "" {
				s.Route += " (" + by + ")"
			}
		}
		if v := line.Fact("product"); v != "" {
			s.Product = v
		}
		if v := line.Fact("build"); v != "" {
			s.Build = v
		}
	}
}

// versionOf is the version of office.toml that a product is of; empty where
// its name says none.
func versionOf(product string) string {
	for _, v := range adminscript.Versions() {
		if v != "se" && v != "365" && strings.Contains(product, v) {
			return v
		}
	}
	if strings.Contains(product, "Subscription Edition") || strings.HasSuffix(product, " SE") {
		return "se"
	}
	return ""
}
