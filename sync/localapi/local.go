package localapi

import (
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Local is an Agent over an office in the same process.
type Local struct {
	Office  *office.Office
	History state.History
	// Examine looks at the office's connections and people, which an office
	// does not know itself; nil: nobody does. See Doctor.
	Examine func(context.Context, DoctorRequest) (DoctorReport, error)
	// Papers are made of what an office does not know: its settings and files.
	Papers
	// Setter is what lies below an office; without it nothing can be set up.
	Setter
	// Preferences are the user's, not the office's.
	Preferences
	// Demonstration is NoDemo's for an office that people work at.
	Demonstration
}

var _ Agent = (*Local)(nil)

// Status waits for a change, or answers at once for 0.
func (l *Local) Status(ctx context.Context, after uint64) (office.Status, error) {
	if after == 0 {
		return l.Office.Status(), nil
	}
	return l.Office.WaitStatus(ctx, after)
}

// Preview plans for the people asked for.
func (l *Local) Preview(ctx context.Context, q PreviewRequest) (Preview, error) {
	who, err := l.find(ctx, q.Who)
	if err != nil {
		return Preview{}, err
	}
	p, err := l.Office.Preview(ctx, who, q.Full)
	if err != nil {
		return Preview{}, AsError(err)
	}
	return previewOf(p), nil
}

func previewOf(p office.Preview) Preview {
	out := Preview{Digest: p.Digest, At: p.At, Except: map[string][]string{}, People: []PersonPlan{}}
	for _, pp := range p.People {
		if rows := p.Except[pp.Person.ID]; len(rows) > 0 {
			out.Except[pp.Person.Addresses[event.Exchange]] = rows
		}
		row := PersonPlan{
			Name: pp.Person.Name, Address: pp.Person.Addresses[event.Exchange], Guest: pp.Person.Guest,
			First: pp.First, Linked: pp.Linked, Rows: rowsOf(pp.Plan.Actions), Trouble: troubleOf(pp.Err), Foreign: pp.Plan.Foreign,
		}
		if h := pp.Plan.Halt; h != nil {
			row.Halt, row.Withheld = &h.Reason, rowsOf(h.Withheld)
		}
		row.Groups = countGroups(slices.Concat(row.Withheld, row.Rows))
		out.People = append(out.People, row)
	}
	return out
}

// Sync brings the people asked for in step once.
func (l *Local) Sync(ctx context.Context, q SyncRequest) (Summary, error) {
	who, err := l.find(ctx, q.Who)
	if err != nil {
		return Summary{}, err
	}
	cause := state.CauseManual
	if q.ApproveFirst || q.Digest != "" {
		cause = state.CauseFirst
	}
	except, err := l.byID(ctx, q.Except)
	if err != nil {
		return Summary{}, err
	}
	s, err := l.Office.Sync(ctx, office.Order{
		Who: who, Cause: cause, Digest: q.Digest, Except: except, ApproveFirst: q.ApproveFirst, Full: q.Full,
	})
	if err != nil {
		return Summary{}, AsError(err)
	}
	return summaryOf(s), nil
}

// People lists everybody.
func (l *Local) People(ctx context.Context) ([]Person, error) {
	people, err := l.Office.People(ctx)
	if err != nil {
		return nil, AsError(err)
	}
	settings, err := l.Office.Book.Settings(ctx)
	if err != nil {
		return nil, AsError(err)
	}
	out := make([]Person, len(people))
	for i, p := range people {
		out[i] = PersonOf(p)
		out[i].Guest = p.Guest && settings.Guests
	}
	return out, nil
}

// Switch turns a person on or off.
func (l *Local) Switch(ctx context.Context, address string, on bool, by string) (Person, error) {
	p, err := l.Office.Switch(ctx, address, on, by)
	if err != nil {
		return Person{}, AsError(err)
	}
	return PersonOf(p), nil
}

// OptOut notes whether a person wants to be left out.
func (l *Local) OptOut(ctx context.Context, address string, out bool, by string) (Person, error) {
	p, err := l.Office.OptOut(ctx, address, out, by)
	if err != nil {
		return Person{}, AsError(err)
	}
	return PersonOf(p), nil
}

// TakeOver makes this installation the one that writes.
func (l *Local) TakeOver(ctx context.Context, who []string) ([]Person, error) {
	ids, err := l.find(ctx, who)
	if err != nil {
		return nil, err
	}
	taken, err := l.Office.TakeOver(ctx, ids)
	if err != nil {
		return nil, AsError(err)
	}
	out := make([]Person, len(taken))
	for i, p := range taken {
		out[i] = PersonOf(p)
	}
	return out, nil
}

// Pause stops pulling until a moment.
func (l *Local) Pause(ctx context.Context, until time.Time) error {
	if err := l.Office.Pause(ctx, until); err != nil {
		return AsError(err)
	}
	return nil
}

// Runs lists past runs, newest first.
func (l *Local) Runs(ctx context.Context, limit int) ([]Run, error) {
	runs, err := l.History.Runs(ctx, limit)
	if err != nil {
		return nil, AsError(err)
	}
	people, err := l.Office.People(ctx)
	if err != nil {
		return nil, AsError(err)
	}
	who := map[event.PersonID]state.Person{}
	for _, p := range people {
		who[p.ID] = p
	}
	out := make([]Run, len(runs))
	for i, r := range runs {
		out[i] = Run{
			ID: int64(r.ID), Person: who[r.Person].Name, Address: who[r.Person].Addresses[event.Exchange], Started: r.Started, Ended: r.Report.Ended, Cause: string(r.Cause),
			Written: writtenOf(r.Report.Written), Paired: r.Report.Paired, Notified: r.Report.Notified, Failed: r.Report.Failed,
		}
		if h := r.Report.Halt; h != nil {
			out[i].Halt = string(h.Code)
		}
	}
	return out, nil
}

// Changes lists what one run did.
func (l *Local) Changes(ctx context.Context, run int64) ([]Change, error) {
	changes, err := l.History.Changes(ctx, state.RunID(run))
	if err != nil {
		return nil, AsError(err)
	}
	if len(changes) == 0 {
		if err := l.known(ctx, state.RunID(run)); err != nil {
			return nil, AsError(err)
		}
	}
	people, err := l.Office.People(ctx)
	if err != nil {
		return nil, AsError(err)
	}
	ours, err := l.Office.Everybody(ctx)
	if err != nil {
		return nil, AsError(err)
	}
	addresses := map[event.PersonID]string{}
	for _, p := range people {
		addresses[p.ID] = p.Addresses[event.Exchange]
	}
	out := make([]Change, len(changes))
	for i, c := range changes {
		out[i] = Change{
			Address: addresses[c.Person],
			Number:  int64(c.Entry), Link: linkOf(c), Kind: c.Kind.String(), Side: c.Side.String(), Outcome: c.Outcome.String(), Fields: c.Fields.Names(),
			Reason: c.Reason, Before: entryOf(c.Before), After: entryOf(c.After), Notified: c.Notified, At: c.At,
			Untold: len(office.Untold(c, ours)),
		}
		if n := c.Notice; n != nil {
			out[i].Told, out[i].ToldBy, out[i].ToldAt, out[i].Doubt = n.People, n.By, n.At, !n.Sent
		}
	}
	return out, nil
}

// linkOf is the pair that a change was about: the one it left, or the one that
// it ended.
func linkOf(c state.PastChange) string {
	if c.Link == "" && c.Was != nil {
		return string(c.Was.ID)
	}
	return string(c.Link)
}

// known tells a run that changed nothing from one that is not in the history.
func (l *Local) known(ctx context.Context, run state.RunID) error {
	runs, err := l.History.Runs(ctx, 0)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(runs, func(r state.PastRun) bool { return r.ID == run }) {
		return state.ErrUnknownRun
	}
	return nil
}

func (l *Local) find(ctx context.Context, addresses []string) ([]event.PersonID, error) {
	var out []event.PersonID
	for _, a := range addresses {
		p, err := l.Office.Find(ctx, a)
		if err != nil {
			return nil, AsError(err)
		}
		out = append(out, p.ID)
	}
	return out, nil
}

// byID are rows by the people that addresses name.
func (l *Local) byID(ctx context.Context, rows map[string][]string) (map[event.PersonID][]string, error) {
	out := map[event.PersonID][]string{}
	for address, ids := range rows {
		p, err := l.Office.Find(ctx, address)
		if err != nil {
			return nil, AsError(err)
		}
		out[p.ID] = append(out[p.ID], ids...)
	}
	return out, nil
}

// PersonOf is somebody as front ends see him.
func PersonOf(p state.Person) Person {
	out := Person{
		Name: p.Name, Address: p.Addresses[event.Exchange], Addresses: map[string]string{},
		Enabled: p.Enabled, OptedOut: p.OptedOut, Guest: p.Guest, Resource: p.Resource, SwitchedBy: p.SwitchedBy, SwitchedAt: p.SwitchedAt,
	}
	for _, s := range event.Sides() {
		out.Addresses[s.String()] = p.Addresses[s]
	}
	if p.Own.HasDirection {
		out.Direction = map[plan.Direction]string{
			plan.TwoWay: DirectionTwoWay, plan.Publish: DirectionPublish, plan.Collect: DirectionCollect,
		}[p.Own.Direction]
	}
	return out
}

// AsError gives an error of the office the code that front ends act by. One
// that is an *Error already stays as it is.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	out := &Error{Code: CodeFailed, Message: err.Error()}
	switch {
	case errors.Is(err, office.ErrNotSetUp):
		out.Code = CodeNotSetUp
	case errors.Is(err, office.ErrNobody):
		out.Code = CodeNobody
	case errors.Is(err, office.ErrOptedOut):
		out.Code = CodeOptedOut
	case errors.Is(err, office.ErrNoSuchPerson):
		out.Code = CodeNoPerson
	case errors.Is(err, engine.ErrNoLease):
		out.Code = CodeNoLease
	case errors.Is(err, state.ErrUnknownPreview):
		out.Code = CodeNoPreview
	case errors.Is(err, state.ErrUnknownRun):
		out.Code = CodeNoRun
	case errors.Is(err, office.ErrNoSuchItem), errors.Is(err, office.ErrNoRow):
		out.Code = CodeNoItem
	case errors.Is(err, office.ErrNotHisRun):
		out.Code = CodeNotHisRun
	case errors.Is(err, engine.ErrNoDecision):
		out.Code = CodeNoDecision
	case errors.Is(err, engine.ErrNoChoice):
		out.Code = CodeNoChoice
	case errors.Is(err, engine.ErrFields):
		out.Code = CodeFields
	case errors.Is(err, office.ErrWhose):
		out.Code = CodeWhose
	case errors.Is(err, office.ErrNoRule):
		out.Code = CodeNoRule
	case errors.Is(err, engine.ErrNotHalted):
		out.Code = CodeNotHalted
	case errors.Is(err, engine.ErrOtherAccount):
		out.Code = CodeOtherAccount
	case errors.Is(err, engine.ErrSameAccount):
		out.Code = CodeSameAccount
	case errors.Is(err, office.ErrOtherCount):
		out.Code = CodeOtherCount
	case errors.Is(err, office.ErrNoMail):
		out.Code = CodeNoMail
	case errors.Is(err, office.ErrNotShown):
		out.Code = CodeNotShown
	case errors.Is(err, state.ErrDiskFull):
		out.Code = CodeDiskFull
	case errors.Is(err, office.ErrStopped):
		out.Code = CodeStopped
	}
	if _, ok := errors.AsType[*engine.MoreWithheldError](err); ok {
		out.Code = CodeNotShown
	}
	if _, ok := errors.AsType[*endpoint.Error](err); ok {
		out.Trouble = troubleOf(err)
	}
	return out
}

// Detailed is an error with a text of its own that a person may read: what in
// his settings is wrong.
type Detailed interface {
	error
	Detail() string
}

// TroubleOf is what is wrong with a connection, in the words of the API.
func TroubleOf(err error) *Trouble { return troubleOf(err) }

func troubleOf(err error) *Trouble {
	if err == nil || errors.Is(err, office.ErrStopped) {
		return nil
	}
	if _, other := errors.AsType[*engine.IdentityError](err); other {
		return nil // the safety stop tells it
	}
	if _, lost := errors.AsType[*engine.LeaseError](err); lost {
		return &Trouble{Side: event.Exchange.String(), Kind: engine.FailedLease, Message: err.Error()}
	}
	t := &Trouble{Kind: endpoint.Internal.String(), Message: err.Error()}
	if ep, ok := errors.AsType[*endpoint.Error](err); ok {
		t.Side, t.Scope, t.Kind, t.Code = ep.Side.String(), ep.Scope.String(), ep.Kind.String(), ep.Code
		t.RetrySeconds = int((ep.RetryAfter + time.Second - 1) / time.Second)
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		t.Code = CodeHostUnknown
	}
	if errors.Is(err, state.ErrDiskFull) {
		t.Kind, t.Code = endpoint.Internal.String(), string(CodeDiskFull)
	}
	if d, ok := errors.AsType[Detailed](err); ok {
		t.Detail = d.Detail()
	}
	return t
}
