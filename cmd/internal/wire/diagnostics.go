package wire

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"lockstep/cmd/internal/diagnostics"
	"lockstep/cmd/internal/version"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/state"
)

const (
	// lately is how far back diagnostics look.
	lately = 7 * 24 * time.Hour
	// mostChanges bounds the changes that they list; the newest are kept.
	mostChanges = 1000
)

// pseudonym is what a text is called that is not to be named: keyed, so that
// who reads it cannot try out what it stands for, and short.
func pseudonym(key []byte) func(string) string {
	return func(text string) string {
		mac := hmac.New(sha256.New, key)
		_, _ = mac.Write([]byte("diagnostics\x00" + text)) // a hash never fails
		return hex.EncodeToString(mac.Sum(nil)[:6])
	}
}

// Diagnostics packs what helps to find out what is wrong.
func (a *agent) Diagnostics(ctx context.Context, q localapi.DiagnosticsRequest) (localapi.Diagnostics, error) {
	files, err := a.diagnosticFiles(ctx, q)
	if err != nil {
		return localapi.Diagnostics{}, localapi.AsError(err)
	}
	packed, err := diagnostics.Zip(files, a.site.now())
	if err != nil {
		return localapi.Diagnostics{}, localapi.AsError(err)
	}
	out := localapi.Diagnostics{Files: []localapi.DiagnosticsFile{}, Zip: packed}
	for _, f := range files {
		out.Files = append(out.Files, localapi.DiagnosticsFile{Name: f.Name, Size: len(f.Content), About: f.About})
	}
	return out, nil
}

func (a *agent) diagnosticFiles(ctx context.Context, q localapi.DiagnosticsRequest) ([]diagnostics.File, error) {
	so, err := a.site.soFar(ctx)
	if err != nil {
		return nil, err
	}
	settings := so.settings
	people, err := a.site.Store.People(ctx)
	if err != nil {
		return nil, err
	}
	people = append(people, so.people...)
	sc, err := a.site.screen(ctx)
	if err != nil {
		return nil, err
	}
	scrub, names := a.site.scrubber(settings, people)
	status, err := a.Status(ctx, 0)
	if err != nil {
		return nil, err
	}
	stats, err := a.site.statistics(ctx, names)
	if err != nil {
		return nil, err
	}
	runs, changes, err := a.site.lately(ctx, people, names, func(address string) bool { return q.Subjects && sc.Shows(address) })
	if err != nil {
		return nil, err
	}
	subjects := "what each write did, entries by the hashes of their subjects"
	if q.Subjects {
		subjects = "what each write did, with the subjects that this office shows, the others as hashes"
	}
	var out []diagnostics.File
	for _, f := range []struct {
		name, about string
		content     any
	}{
		{"about.json", "when and by which program this was made, and on what system", a.site.about()},
		{"settings.json", "connections, rules and people, without names, secrets and filter texts", settingsView(settings, people, names)},
		{"doctor.json", "what the doctor found when it last looked", a.examination(ctx)},
		{"status.json", "how everybody is doing", status},
		{"statistics.json", "how many pairs and entries are in which state", stats},
		{"runs.json", "the runs of the last 7 days, in counts", runs},
		{"changes.json", subjects, changes},
		{"setup.json", "how far the setup is, and what came of the tests of both connections", a.site.progress(ctx, so)},
	} {
		text, err := scrub.JSON(f.content)
		if err != nil {
			return nil, err
		}
		out = append(out, diagnostics.File{Name: f.name, About: f.about, Content: text})
	}
	log, err := a.site.recentLog(scrub)
	if err != nil {
		return nil, err
	}
	return append(out, diagnostics.File{Name: "lockstep.log", About: "the log of the last 7 days", Content: log}), nil
}

// scrubber knows everybody by another name: person-1 is the first by address.
func (s *Site) scrubber(settings state.Settings, people []state.Person) (*diagnostics.Scrubber, map[event.PersonID]string) {
	scrub, names := diagnostics.NewScrubber(s.pseudo), map[event.PersonID]string{}
	for i, p := range people {
		by := "person-" + strconv.Itoa(i+1)
		names[p.ID] = by
		// An ID is made of an address, so who guesses the address knows it.
		for _, text := range slices.Concat([]string{p.Name, string(p.ID)}, p.Addresses[:], p.Accounts[:]) {
			scrub.Replace(text, by)
		}
		for alias, address := range settings.Aliases {
			if address == p.Addresses[event.Exchange] {
				scrub.Replace(alias, by)
			}
		}
	}
	scrub.Replace(settings.Office, "office") // made of the client id
	scrub.Replace(s.Home, "home")
	if host, err := os.Hostname(); err == nil {
		scrub.Replace(host, "this-pc")
	}
	for _, side := range event.Sides() {
		c := settings.Connections[side]
		scrub.Replace(c.Account, side.String()+"-account")
		scrub.Replace(signIn(c), side.String()+"-account")
	}
	return scrub, names
}

func (s *Site) about() any {
	modules := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			modules[m.Path] = m.Version
		}
	}
	return map[string]any{
		"made": s.now().UTC(), "lockstep": version.Number, "go": runtime.Version(), "system": runtime.GOOS, "machine": runtime.GOARCH,
		"secrets_in": s.Kind.String(), "modules": modules,
		"left_out": "passwords, keys, subjects, places and notes of entries, addresses and names of people",
	}
}

// examination is what the doctor found last, if it has ever looked.
func (a *agent) examination(ctx context.Context) any {
	r, err := a.Doctor(ctx, localapi.DoctorRequest{})
	if err != nil || r.Started.IsZero() {
		return map[string]string{"note": "the doctor has not looked yet: lockstepctl doctor"}
	}
	return r
}

func (s *Site) statistics(ctx context.Context, names map[event.PersonID]string) (any, error) {
	stats, err := s.Store.Statistics(ctx)
	if err != nil {
		return nil, err
	}
	type counts struct {
		Person   string                    `json:"person"`
		Links    map[string]int            `json:"links"`
		Entries  map[string]map[string]int `json:"entries"`
		Problems map[string]int            `json:"problems"`
		Open     map[string]int            `json:"open"`
		Answers  int                       `json:"answers"`
	}
	var out struct {
		Bytes  int64    `json:"store_bytes"`
		People []counts `json:"people"`
	}
	if info, err := os.Stat(filepath.Join(s.Home, storeName)); err == nil {
		out.Bytes = info.Size()
	}
	for _, p := range stats {
		c := counts{
			Person: names[p.Person], Links: p.Links, Open: p.Open, Answers: p.Answers,
			Entries: map[string]map[string]int{}, Problems: map[string]int{},
		}
		for _, side := range event.Sides() {
			c.Entries[side.String()], c.Problems[side.String()] = p.Entries[side], p.Problems[side]
		}
		out.People = append(out.People, c)
	}
	return out, nil
}

// diagnosedRun is a run in counts.
type diagnosedRun struct {
	ID       int64                     `json:"id"`
	Person   string                    `json:"person"`
	Started  time.Time                 `json:"started"`
	Ended    time.Time                 `json:"ended,omitzero"`
	Cause    string                    `json:"cause"`
	Written  map[string]map[string]int `json:"written,omitempty"`
	Paired   int                       `json:"paired,omitempty"`
	Waiting  int                       `json:"waiting,omitempty"`
	Problems map[string]int            `json:"problems,omitempty"` // by code
	Notified int                       `json:"notified,omitempty"`
	Halt     string                    `json:"halt,omitempty"`
	Failed   string                    `json:"failed,omitempty"`
	Complete bool                      `json:"complete"`
}

// diagnosedChange is a write without the text that it wrote.
type diagnosedChange struct {
	Run      int64     `json:"run"`
	Number   int64     `json:"number"`
	At       time.Time `json:"at"`
	Person   string    `json:"person"`
	Kind     string    `json:"kind"`
	Side     string    `json:"side"`
	Outcome  string    `json:"outcome"`
	Reason   string    `json:"reason"`
	Fields   []string  `json:"fields,omitempty"`
	Entry    string    `json:"entry,omitempty"`
	Notified int       `json:"notified,omitempty"`
}

// lately is what was done in the last days. shows tells whose subjects stand in it.
func (s *Site) lately(
	ctx context.Context, people []state.Person, names map[event.PersonID]string, shows func(address string) bool,
) (runs []diagnosedRun, changes []diagnosedChange, err error) {
	addresses := map[event.PersonID]string{}
	for _, p := range people {
		addresses[p.ID] = p.Addresses[event.Exchange]
	}
	past, err := s.Store.Runs(ctx, 0)
	if err != nil {
		return nil, nil, err
	}
	runs, changes = []diagnosedRun{}, []diagnosedChange{}
	for _, r := range past {
		if s.now().Sub(r.Started) > lately {
			break // they are the newest first
		}
		runs = append(runs, runView(r, names[r.Person]))
		if len(changes) >= mostChanges {
			continue
		}
		done, err := s.Store.Changes(ctx, r.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range done {
			changes = append(changes, diagnosedChange{
				Run: int64(c.Run), Number: int64(c.Entry), At: c.At.UTC(), Person: names[c.Person], Kind: c.Kind.String(),
				Side: c.Side.String(), Outcome: c.Outcome.String(), Reason: string(c.Reason.Code), Fields: c.Fields.Names(),
				Entry: s.entryName(c, shows(addresses[c.Person])), Notified: c.Notified,
			})
		}
	}
	return runs, changes[:min(len(changes), mostChanges)], nil
}

// entryName is the subject of a change's entry, or what stands for it.
func (s *Site) entryName(c state.PastChange, shown bool) string {
	it := c.After
	if it == nil {
		it = c.Before
	}
	switch {
	case it == nil:
		return ""
	case shown:
		return it.Event.Subject
	default:
		return "subject-" + s.pseudo(it.Event.Subject)
	}
}

func runView(r state.PastRun, person string) diagnosedRun {
	out := diagnosedRun{
		ID: int64(r.ID), Person: person, Started: r.Started.UTC(), Ended: r.Report.Ended.UTC(), Cause: string(r.Cause),
		Written: map[string]map[string]int{}, Paired: r.Report.Paired, Waiting: r.Report.Waiting, Notified: r.Report.Notified,
		Failed: r.Report.Failed, Complete: r.Report.Complete,
	}
	for _, side := range event.Sides() {
		if n := r.Report.Written[side]; len(n) > 0 {
			out.Written[side.String()] = n
		}
	}
	for _, p := range r.Report.Problems {
		if out.Problems == nil {
			out.Problems = map[string]int{}
		}
		out.Problems[string(p.Reason.Code)]++
	}
	if r.Report.Halt != nil {
		out.Halt = string(r.Report.Halt.Code)
	}
	return out
}

// recentLog is the log of the last days, from all files that it is in.
func (s *Site) recentLog(scrub *diagnostics.Scrubber) ([]byte, error) {
	dir := filepath.Join(s.Home, logsName)
	paths, err := filepath.Glob(filepath.Join(dir, "lockstep-*.log")) // the full ones, named by their time
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var logs []io.Reader
	for _, path := range append(paths, filepath.Join(dir, "lockstep.log")) {
		f, err := os.Open(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		logs = append(logs, f)
	}
	return diagnostics.Log(logs, s.now().Add(-lately), scrub)
}
