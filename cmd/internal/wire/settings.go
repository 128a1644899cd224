package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// DefaultSeveraURL is the production address of Severa's REST interface.
const DefaultSeveraURL = "https://api.severa.visma.com/rest-api"

// minEvery keeps a typing error from becoming a storm of requests.
const minEvery = 10 * time.Second

// checker gathers what is wrong with a file.
type checker struct {
	lines map[string]int
	row   int // of the person who is looked at
	found []FileProblem
}

func (c *checker) wrong(key string, code localapi.FieldCode, say string) {
	c.found = append(c.found, FileProblem{
		Line: c.lines[key], FieldProblem: localapi.FieldProblem{Key: key, Row: c.row, Code: code, Say: say},
	})
}

// oneOf translates a word; the empty word is the zero value.
func oneOf[T any](c *checker, key, word string, words map[string]T) T {
	var zero T
	if word == "" {
		return zero
	}
	v, ok := words[strings.ToLower(strings.TrimSpace(word))]
	if !ok {
		names := make([]string, 0, len(words))
		for name := range words {
			names = append(names, fmt.Sprintf("%q", name))
		}
		slices.Sort(names)
		c.wrong(key, localapi.FieldWord, "expected one of "+strings.Join(names, ", "))
	}
	return v
}

// Settings are the office's settings and the people that the file names, with
// paths taken relative to dir. The error is a *FileError.
func (f OfficeFile) Settings(dir string) (state.Settings, []state.Person, error) {
	c := &checker{lines: f.lines}
	s, people := f.settings(c, dir)
	if len(people) == 0 && !f.People.Everyone && len(c.found) == 0 {
		c.wrong("people", localapi.FieldNobody, "nobody is named; write everyone = true under [people], or a [[person]] for each")
	}
	if len(c.found) > 0 {
		return s, nil, &FileError{Problems: c.found}
	}
	return s, people, nil
}

// settings reads the whole draft. Nobody need be named: windows let people be
// chosen once both systems can be asked who there is.
func (f OfficeFile) settings(c *checker, dir string) (state.Settings, []state.Person) {
	s := state.Settings{
		Office: f.officeID(), OfficeName: f.Office, Zone: f.Zone, EveryoneWhoMatches: f.People.Everyone, Guests: f.People.Guests,
	}
	if f.Zone == "" {
		c.wrong("zone", localapi.FieldMissing, `missing; expected the office's time zone, such as zone = "Europe/Helsinki"`)
	} else if _, err := time.LoadLocation(f.Zone); err != nil || f.Zone == "Local" {
		c.wrong("zone", localapi.FieldZone, `there is no such time zone; expected an IANA name such as "Europe/Helsinki"`)
	}
	s.Connections[event.Exchange] = f.exchange(c, dir)
	s.Connections[event.Business] = f.severa(c, dir)
	s.Rules = f.rules(c)
	s.Rules.Private, s.Rules.In = f.private(c), f.filter(c)
	s.RulesMark = rulesMark(s.Rules)
	s.ShowSubjects, s.Me = f.Screen.ShowSubjects, plainAddress(f.Screen.Me)
	s.Aliases, s.Updates, s.Network = f.aliases(c), f.updates(c), f.network(c)
	people := f.people(c)
	return s, append(people, f.resources(c, people)...)
}

// officeID is the office's name in marks. It is the same after a new
// installation, so that marks that are there already stay ours: the file's own
// name for it, or one made of Severa's client id.
func (f OfficeFile) officeID() string {
	source := "name " + f.Office
	if f.Office == "" {
		source = "client " + f.Severa.ClientID
	}
	sum := sha256.Sum256([]byte("lockstep office " + source))
	return hex.EncodeToString(sum[:8])
}

func (f OfficeFile) exchange(c *checker, dir string) state.Connection {
	x := f.Exchange
	out := state.Connection{
		System: "exchange", URL: c.address("exchange.url", x.URL, x.Plain), Account: x.User, Domain: x.Domain,
		Auth:      oneOf(c, "exchange.auth", x.Auth, map[string]string{"ntlm": "ntlm", "basic": "basic"}),
		Access:    oneOf(c, "exchange.access", x.Access, map[string]string{"impersonation": "impersonation", "delegate": "delegate"}),
		CAFile:    c.pem("exchange.ca_file", x.CAFile, dir),
		PinSHA256: c.pin("exchange.pin_sha256", x.PinSHA256),
		LegacyTLS: x.LegacyTLS, Plain: x.Plain,
		Group: strings.TrimSpace(x.Group), OABURL: c.address("exchange.oab_url", x.OABURL, x.Plain),
	}
	if v := oneOf(c, "exchange.version", x.Version, versions()); v != ews.VersionAuto {
		out.Version = strings.ToLower(strings.TrimSpace(x.Version))
	}
	if x.URL == "" {
		c.wrong("exchange.url", localapi.FieldMissing, `missing; expected the address of the service, such as url = "https://mail.example.com/EWS/Exchange.asmx"`)
	}
	if x.User == "" {
		c.wrong("exchange.user", localapi.FieldMissing, `missing; expected the account that Lockstep signs in with, such as user = "svc-lockstep"`)
	}
	return out
}

// versions are the server generations by the names that people have for them.
func versions() map[string]ews.Version {
	return map[string]ews.Version{
		"2007": ews.Exchange2007SP1, "2010": ews.Exchange2010SP2, "2013": ews.Exchange2013SP1,
		"2016": ews.Exchange2016, "2019": ews.Exchange2016, "se": ews.Exchange2016,
	}
}

func (f OfficeFile) severa(c *checker, dir string) state.Connection {
	x := f.Severa
	if x.URL == "" {
		x.URL = DefaultSeveraURL
	}
	if x.ClientID == "" {
		c.wrong("severa.client_id", localapi.FieldMissing, "missing; expected the client id that Severa shows under Settings, Integrations, REST API")
	}
	return state.Connection{
		System: "severa", URL: c.address("severa.url", x.URL, false), Account: x.ClientID,
		CAFile: c.pem("severa.ca_file", x.CAFile, dir), PinSHA256: c.pin("severa.pin_sha256", x.PinSHA256),
	}
}

func (c *checker) address(key, text string, plain bool) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		c.wrong(key, localapi.FieldURL, "expected an address that begins with https://")
	case u.User != nil:
		c.wrong(key, localapi.FieldUserIn, "the address holds a user or a password; they do not belong there")
	case u.Scheme == "http" && !plain && !loopback(u.Hostname()):
		say := "http would show the secret to the network; expected https://"
		if strings.HasPrefix(key, "exchange") {
			say += ", or plain = true if there is no other way"
		}
		c.wrong(key, localapi.FieldPlain, say)
	default:
		return u.String()
	}
	return ""
}

func (c *checker) pem(key, path, dir string) string {
	if path == "" {
		return ""
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	text, err := os.ReadFile(path)
	switch {
	case err != nil:
		c.wrong(key, localapi.FieldFile, "the file cannot be read ("+cause(err)+"); expected a PEM file, relative to this one")
	case !strings.Contains(string(text), "-----BEGIN CERTIFICATE-----"):
		c.wrong(key, localapi.FieldPEM, "the file holds no certificate; expected PEM text that begins with -----BEGIN CERTIFICATE-----")
	}
	return path
}

func (c *checker) pin(key, text string) string {
	text = strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(text))
	if text == "" {
		return ""
	}
	if b, err := hex.DecodeString(text); err != nil || len(b) != sha256.Size {
		c.wrong(key, localapi.FieldPin, "expected the certificate's SHA-256 fingerprint, 64 hexadecimal digits")
		return ""
	}
	return text
}

func (f OfficeFile) rules(c *checker) state.Rules {
	x, l := f.Rules, f.Rules.Limits
	out := state.Rules{
		Winner:    oneOf(c, "rules.winner", x.Winner, winners()),
		Direction: oneOf(c, "rules.direction", x.Direction, directions()),
		Deleted:   oneOf(c, "rules.deleted", x.Deleted, deletions()),
		Types:     x.Types, DaysBack: x.DaysBack, DaysAhead: x.DaysAhead, Requests: x.SendMeetingRequests,
		Limits: plan.Limits{
			DeleteFloor: l.DeleteFloor, DeletePercent: l.DeletePercent, DeleteRun: l.DeleteRun, DeleteDay: l.DeleteDay,
			ShrinkPercent: l.ShrinkPercent, ShiftFloor: l.ShiftFloor, ShiftPercent: l.ShiftPercent,
			CreateFloor: l.CreateFloor, CreatePercent: l.CreatePercent,
		},
	}
	if x.Types != nil && len(x.Types) == 0 {
		c.wrong("rules.types", localapi.FieldMissing, `expected at least one activity type, such as types = ["Meeting"]; left out, all go to Exchange`)
	}
	if x.DaysBack != nil {
		c.between("rules.days_back", *x.DaysBack, 3650)
	}
	c.between("rules.days_ahead", x.DaysAhead, 3650)
	for name, n := range map[string]int{
		"delete_floor": l.DeleteFloor, "delete_percent": l.DeletePercent, "delete_run": l.DeleteRun, "delete_day": l.DeleteDay,
		"shrink_percent": l.ShrinkPercent, "shift_floor": l.ShiftFloor, "shift_percent": l.ShiftPercent,
		"create_floor": l.CreateFloor, "create_percent": l.CreatePercent,
	} {
		c.between("rules.limits."+name, n, 1_000_000)
	}
	if x.Promise != "" {
		d, err := time.ParseDuration(x.Promise)
		if err != nil || d < time.Minute || d > 24*time.Hour {
			c.wrong("rules.promise", localapi.FieldTime, `expected a time between "1m" and "24h", such as "15m"`)
		}
		out.Promise = d
	}
	if x.Every != "" {
		d, err := time.ParseDuration(x.Every)
		if err != nil || d < minEvery || d > 24*time.Hour {
			c.wrong("rules.every", localapi.FieldTime, `expected a time between "10s" and "24h", such as "30s" or "5m"`)
		}
		out.Every = d
	}
	out.Fields = f.fieldDirections(c)
	return out
}

func (c *checker) between(key string, n, most int) {
	if n < 0 || n > most {
		c.wrong(key, localapi.FieldNumber, fmt.Sprintf("expected a whole number from 0 to %d", most))
	}
}

func (f OfficeFile) people(c *checker) []state.Person {
	var out []state.Person
	seen := map[string]bool{}
	defer func() { c.row = 0 }()
	for i, x := range f.Person {
		c.row = i + 1
		addresses := [2]string{event.Business: plainAddress(x.Severa), event.Exchange: plainAddress(x.Exchange)}
		for s, a := range addresses {
			if a == "" {
				addresses[s] = addresses[event.Side(s).Other()]
			}
		}
		for _, a := range addresses {
			if strings.Count(a, "@") != 1 || strings.HasPrefix(a, "@") || strings.HasSuffix(a, "@") {
				c.wrong("person", localapi.FieldAddress, `expected severa = "anna@example.com" (and exchange = "…" where the mailbox has another address)`)
				break
			}
		}
		if x.Zone != "" {
			if _, err := time.LoadLocation(x.Zone); err != nil {
				c.wrong("person.zone", localapi.FieldZone, `there is no such time zone; expected an IANA name such as "Europe/Helsinki"`)
			}
		}
		p := newPerson(x.Name, addresses)
		p.Zone = x.Zone
		if x.Direction != "" {
			p.Own = state.OwnRules{HasDirection: true, Direction: oneOf(c, "person.direction", x.Direction, directions())}
		}
		if seen[string(p.ID)] {
			c.wrong("person", localapi.FieldTwice, "somebody is named twice; expected each mailbox once")
		}
		seen[string(p.ID)] = true
		out = append(out, p)
	}
	return out
}

// resources are the rooms, cars and other things that the file names.
func (f OfficeFile) resources(c *checker, people []state.Person) []state.Person {
	var out []state.Person
	defer func() { c.row = 0 }()
	for i, x := range f.Resource {
		c.row = i + 1
		id, address := strings.ToLower(strings.TrimSpace(x.Severa)), plainAddress(x.Exchange)
		if id == "" {
			c.wrong("resource", localapi.FieldMissing, `expected severa = "…", the id that `+"`lockstepctl resources`"+` lists`)
		}
		if strings.Count(address, "@") != 1 || strings.HasPrefix(address, "@") || strings.HasSuffix(address, "@") {
			c.wrong("resource", localapi.FieldAddress, `expected exchange = "room@example.com", the address of its mailbox`)
		}
		p := newResource(x.Name, id, address)
		same := func(q state.Person) bool {
			return q.ID == p.ID || q.Addresses[event.Exchange] == address || q.Resource == id
		}
		if slices.ContainsFunc(people, same) || slices.ContainsFunc(out, same) {
			c.wrong("resource", localapi.FieldTwice, "this mailbox, or this resource, is named twice; expected each once")
		}
		out = append(out, p)
	}
	return out
}

// newResource is a resource that is not connected yet. Its ID comes from both
// ends: what was written into a mailbox for one resource is not another's.
func newResource(name, id, mailbox string) state.Person {
	p := newPerson(name, [2]string{event.Exchange: mailbox})
	sum := sha256.Sum256([]byte("lockstep resource " + id + " " + mailbox))
	p.ID, p.Resource = event.PersonID(hex.EncodeToString(sum[:8])), id
	return p
}

func plainAddress(a string) string { return strings.ToLower(strings.TrimSpace(a)) }

// newPerson is somebody who is not connected yet. His ID comes from his
// mailbox, so that a new installation knows him under the same one.
func newPerson(name string, addresses [2]string) state.Person {
	sum := sha256.Sum256([]byte("lockstep person " + addresses[event.Exchange]))
	if name == "" {
		name = addresses[event.Exchange]
	}
	return state.Person{ID: event.PersonID(hex.EncodeToString(sum[:8])), Name: name, Addresses: addresses, Enabled: true}
}
