package wire

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"lockstep/sync/event"
	"lockstep/sync/exchange/adminscript"
	"lockstep/sync/localapi"
	"lockstep/sync/state"
)

// HasStore tells whether a home folder holds an office, without opening it.
func HasStore(home string) bool {
	_, err := os.Stat(filepath.Join(home, storeName))
	return err == nil
}

// AdminScript writes a script for an administrator from what the request says alone.
func AdminScript(q localapi.ScriptRequest) (localapi.Script, error) {
	if q.Kind == "" {
		q.Kind = string(adminscript.Impersonation)
		if q.Version == "365" {
			q.Kind = string(adminscript.Application)
		}
	}
	s, err := adminscript.Render(adminscript.Request{
		Kind: adminscript.Kind(q.Kind), Version: strings.ToLower(q.Version), Name: q.Name, Account: q.Account,
		Group: q.Group, OU: q.OU, People: q.People, Everybody: q.Everybody, AppID: q.AppID, ObjectID: q.ObjectID,
	})
	if bad, ok := errors.AsType[*adminscript.InputError](err); ok {
		return localapi.Script{}, &localapi.Error{Code: localapi.CodeUsage, Message: "This script cannot be written: " + bad.Error()}
	}
	if err != nil {
		return localapi.Script{}, localapi.AsError(err)
	}
	return localapi.Script{
		Kind: string(s.Kind), File: s.File, Title: s.Title, About: s.About, Text: s.Text, Check: s.Check, Undo: s.Undo,
	}, nil
}

// Script writes a script for an administrator. What the request leaves out is
// taken from the office's settings.
func (a *agent) Script(ctx context.Context, q localapi.ScriptRequest) (localapi.Script, error) {
	so, err := a.site.soFar(ctx)
	if err != nil {
		return localapi.Script{}, localapi.AsError(err)
	}
	people, err := a.site.Store.People(ctx)
	if err != nil {
		return localapi.Script{}, localapi.AsError(err)
	}
	return AdminScript(filledIn(q, so.settings, append(people, so.people...)))
}

// filledIn is a request with what the office's settings say where it says nothing.
func filledIn(q localapi.ScriptRequest, s state.Settings, people []state.Person) localapi.ScriptRequest {
	c := s.Connections[event.Exchange]
	if q.Version == "" {
		q.Version = c.Version
	}
	if q.Kind == "" && q.Version != "365" {
		q.Kind = c.Access
	}
	if q.Account == "" && c.Account != "" {
		q.Account = signIn(c)
	}
	if q.Group == "" && q.OU == "" && len(q.People) == 0 && !q.Everybody && q.Kind != string(adminscript.Throttling) {
		q.Group = c.Group
		for _, p := range people {
			if q.Group == "" && p.Enabled && !p.OptedOut {
				q.People = append(q.People, p.Addresses[event.Exchange])
			}
		}
	}
	return q
}

// signIn is a connection's account with its domain, as servers name it.
func signIn(c state.Connection) string {
	if c.Domain != "" && !strings.ContainsAny(c.Account, `\@`) {
		return c.Domain + `\` + c.Account
	}
	return c.Account
}
