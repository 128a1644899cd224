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
	settings, err := a.site.Settings(ctx)
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
	out := localapi.Handover{
		Made: a.site.now(), Version: version.Number, Home: a.site.Home, Zone: settings.Zone, People: people, Rules: rulesView(settings),
		Exchange: handoverSystem(settings.Connections[event.Exchange]), Business: handoverSystem(settings.Connections[event.Business]),
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
		PinSHA256: colons(c.PinSHA256), LegacyTLS: c.LegacyTLS, Plain: c.Plain,
	}
	if c.CAFile != "" {
		out.CAFile = filepath.Base(c.CAFile)
	}
	return out
}

// examined adds what a server told the doctor.
func examined(s *localapi.HandoverSystem, side event.Side, r doctor.Report) {
	for _, line := range r.Lines() {
		if line.Side != side.String() {
			continue
		}
		if c := line.Certificate; c != nil && s.Certificate == nil {
			s.Certificate = c
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
