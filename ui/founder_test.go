package ui

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

// founder is an agent whose office is being set up.
type founder struct {
	fake
	mu       sync.Mutex
	setup    localapi.Setup
	kept     []localapi.CheckRequest
	saved    []localapi.Draft
	secrets  []localapi.SecretRequest
	tests    []localapi.TestRequest
	switched map[string]bool
	matches  []localapi.Match
	problems []localapi.FieldProblem
	test     func(localapi.TestRequest) localapi.TestResult
	report   localapi.DoctorReport
	examined []localapi.DoctorRequest
	scripts  []localapi.ScriptRequest
	// scriptFail is why there is no script.
	scriptFail error
	prefs      localapi.Prefs
	preferred  []localapi.Prefs
	packed     []localapi.DiagnosticsRequest
	sought     []localapi.FindServerRequest
}

func newFounder() *founder {
	return &founder{
		fake:     fake{status: office.Status{Seq: 1, NotSetUp: true}},
		setup:    localapi.Setup{Draft: localapi.Draft{Zone: "Europe/Helsinki"}, Secrets: map[string]bool{}, SecretsIn: "system keyring"},
		switched: map[string]bool{}, matches: twelve(), test: works, report: rightsMissing(),
	}
}

func (f *founder) Setup(context.Context) (localapi.Setup, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.setup, f.fail
}

func (f *founder) CheckSetup(_ context.Context, q localapi.CheckRequest) (localapi.Checked, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if q.Keep {
		f.kept = append(f.kept, q)
	}
	var out localapi.Checked
	for _, p := range f.problems {
		if len(q.Keys) == 0 || slices.ContainsFunc(q.Keys, func(k string) bool { return k == p.Key || strings.HasPrefix(p.Key, k+".") }) {
			out.Problems = append(out.Problems, p)
		}
	}
	return out, f.fail
}

func (f *founder) SaveSetup(_ context.Context, d localapi.Draft) (localapi.Setup, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.saved = append(f.saved, d)
	f.setup.Draft, f.setup.SetUp = d, true
	return f.setup, f.fail
}

func (f *founder) SetSecret(_ context.Context, q localapi.SecretRequest) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.secrets = append(f.secrets, q)
	return f.fail
}

func (f *founder) TestConnection(_ context.Context, q localapi.TestRequest) (localapi.TestResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tests = append(f.tests, q)
	return f.test(q), nil
}

func (f *founder) Matches(context.Context) ([]localapi.Match, error) { return f.matches, f.fail }

func (f *founder) Doctor(_ context.Context, q localapi.DoctorRequest) (localapi.DoctorReport, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.examined = append(f.examined, q)
	return f.report, nil
}

func (f *founder) Script(_ context.Context, q localapi.ScriptRequest) (localapi.Script, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scripts = append(f.scripts, q)
	if f.scriptFail != nil {
		return localapi.Script{}, f.scriptFail
	}
	return localapi.Script{
		Kind: q.Kind, File: "lockstep-impersonation.ps1", Title: "Rights", About: "Lets the account act for one group and for nobody else.",
		Text: "# 1. A group that holds everyone who takes part\n$group = (Get-DistributionGroup \"Lockstep\").DistinguishedName\nNew-ManagementScope -Name \"Lockstep people\" `\n  -RecipientRestrictionFilter \"MemberOfGroup -eq '$group'\"\n",
		Undo: "Remove-ManagementRoleAssignment \"Lockstep sync\"\n",
	}, nil
}

func (f *founder) Switch(_ context.Context, address string, on bool, _ string) (localapi.Person, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.switched[address] = on
	return localapi.Person{Address: address, Enabled: on}, f.fail
}

// works is a test of a connection that goes well.
func works(q localapi.TestRequest) localapi.TestResult {
	r := localapi.TestResult{OK: true, Milliseconds: 64}
	if q.System == localapi.SystemSevera {
		r.Organisation = "Saari Oy"
		r.Types = []localapi.Activity{
			{ID: "1", Name: "Meeting", Category: "calendar", Default: true, Active: true},
			{ID: "2", Name: "Call", Category: "calendar", Active: true},
			{ID: "3", Name: "Project work", Category: "project_task", Active: true},
			{ID: "4", Name: "Own time", Category: "personal", Active: true},
		}
		return r
	}
	r.Version, r.Generation = "15.2.1544", "2019"
	r.Certificate = &localapi.Certificate{Subject: "CN=mail.saari.example", Trusted: true, NotAfter: noon.AddDate(0, 4, 0)}
	if q.Mailbox != "" {
		r.Mailbox = &localapi.MailboxProbe{Address: q.Mailbox, Trouble: &localapi.Trouble{Side: "exchange", Kind: "forbidden"}}
	}
	return r
}

func twelve() []localapi.Match {
	var out []localapi.Match
	add := func(name, severa, exchange string, s localapi.MatchState) {
		out = append(out, localapi.Match{Name: name, State: s, Addresses: map[string]string{event.Business.String(): severa, event.Exchange.String(): exchange}})
	}
	for _, n := range []string{"Anna Virtanen", "Bram Visser", "Elina Korhonen", "Kaisa Mäkelä", "Mikko Laine", "Pieter Bakker", "Van 2", "Meeting room Aura"} {
		a := strings.ToLower(strings.ReplaceAll(n, " ", ".")) + "@saari.example"
		add(n, a, a, localapi.MatchBoth)
	}
	add("Sanne de Vries", "s.devries@saari.example", "sanne.devries@saari.example", localapi.MatchBoth)
	add("Jukka Nieminen", "jukka.nieminen@saari.example", "", localapi.MatchSevera)
	add("Lotte Jansen", "lotte.jansen@saari.example", "lotte.jansen@saari.example", localapi.MatchOther)
	out[len(out)-1].Tools = []string{"Dynamics"}
	add("Oona Salo", "oona.salo@saari.example", "oona.salo@saari.example", localapi.MatchOptedOut)
	return out
}

// rightsMissing is an examination of an account without the right to act for others.
func rightsMissing() localapi.DoctorReport {
	at := func(c doctor.Check, side string, r doctor.Result) doctor.Result { r.Check, r.Side = c, side; return r }
	return localapi.DoctorReport{
		Seq: 2, Started: noon, Ended: noon.Add(time.Minute),
		Results: []doctor.Result{
			at(doctor.CheckPC, "", doctor.Pass()), at(doctor.CheckReach, "exchange", doctor.Pass()), at(doctor.CheckTLS, "exchange", doctor.Pass()),
			at(doctor.CheckService, "exchange", doctor.Pass().With("product", "Exchange Server 2019 CU14")), at(doctor.CheckSignIn, "exchange", doctor.Pass()),
		},
		People: []doctor.Person{{Address: "anna.virtanen@saari.example", Results: []doctor.Result{
			at(doctor.CheckImpersonation, "exchange", doctor.Fail(doctor.CauseRoleMissing).With("code", "ErrorImpersonateUserDenied")),
			at(doctor.CheckMailbox, "exchange", doctor.Skip(doctor.CauseNeeds).With("needs", "impersonation")),
			at(doctor.CheckCalendar, "exchange", doctor.Skip(doctor.CauseNeeds).With("needs", "impersonation")),
		}}},
	}
}

// refusedOutside is an examination that finds the right as narrow as it is to be.
func refusedOutside() localapi.DoctorReport {
	r := rightsMissing()
	line := doctor.Pass().With("expected", "refused").With("code", "ErrorImpersonateUserDenied")
	line.Check, line.Side = doctor.CheckImpersonation, "exchange"
	r.People = []doctor.Person{{Address: "boss@saari.example", Outside: true, Outcome: doctor.OutcomeSuccess, Results: []doctor.Result{line}}}
	return r
}

func (f *founder) FindServer(_ context.Context, q localapi.FindServerRequest) (localapi.FoundServer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sought = append(f.sought, q)
	if len(q.Allow) == 0 {
		return localapi.FoundServer{Why: localapi.FindAsk, Ask: []string{"mail.hoster.example"}}, nil
	}
	return localapi.FoundServer{URL: "https://mail.hoster.example/EWS/Exchange.asmx", OAB: "https://mail.hoster.example/OAB/1/"}, nil
}
