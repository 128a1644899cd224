package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Nobody is mailed when a meeting is written, unless the office wants that. A
// person may have its people from outside told of a change afterwards: by one
// mail in the organiser's name to these people alone, because a server that
// sends an update itself sends it to everybody in the meeting, colleagues who
// hold a copy of their own included. It is noted before it leaves, so that no
// change is told twice, and it touches no entry.

// NoticeState is how far the people of a change are from being told of it.
type NoticeState int

// The states. Of one that is NoticeDoubt nobody knows whether the mail has left,
// so that none follows; of one that is NoticeOvertaken the entry is another again.
const (
	NoticeOpen NoticeState = iota
	NoticeSent
	NoticeDoubt
	NoticeOvertaken
)

// String is the stable name used in JSON.
func (s NoticeState) String() string {
	names := [...]string{"open", "sent", "in_doubt", "overtaken"}
	if s < 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// Notice is a change of which people from outside the office were not told.
type Notice struct {
	Change state.PastChange
	// To are those people; their number is what a person agrees to.
	To    []string
	State NoticeState
}

// Notices are those of one run.
type Notices struct {
	Run    state.RunID
	Person state.Person
	List   []Notice
}

// Open is how many people those of the list that can be told would be.
func (n Notices) Open() (people int) {
	for _, x := range n.List {
		if x.State == NoticeOpen {
			people += len(x.To)
		}
	}
	return people
}

// NoticeOrder says of which changes people shall be told.
type NoticeOrder struct {
	UndoOrder // Run, Who and Item; no Digest
	// People is how many people that was shown to be; any other number is ErrOtherCount.
	People int
	By     string
	Words  NoticeWords
}

// NoticeWords are the words of the mail, in the language of who sends it.
type NoticeWords struct {
	Changed, CalledOff string // before the subject
	When, Where        string
	Series             string // says that it repeats and that the first time is told
}

// Why nobody is told.
var (
	// ErrNoMail says that the mailbox's system cannot send the mail.
	ErrNoMail = errors.New("no mail can be sent from there")
	// ErrOtherCount says that it would not be as many people as were shown.
	ErrOtherCount = errors.New("it would be another number of people than was named")
)

// Notices lists the changes of a run that people from outside were not told of.
func (o *Office) Notices(ctx context.Context, order UndoOrder) (Notices, error) {
	past, err := o.pastRun(ctx, order)
	if err != nil {
		return Notices{}, err
	}
	s, err := o.seatOf(ctx, past.Person)
	if err != nil {
		return Notices{}, err
	}
	out := Notices{Run: past.ID, Person: s.who}
	ours, err := o.Everybody(ctx)
	if err != nil {
		return out, err
	}
	changes, err := o.History.Changes(ctx, past.ID)
	if err != nil {
		return out, fmt.Errorf("load history: %w", err)
	}
	snap, err := o.State.Person(s.who.ID).Load(ctx)
	if err != nil {
		return out, fmt.Errorf("load state: %w", err)
	}
	for _, c := range changes {
		if n, ok := noticeOf(c, snap, ours); ok {
			out.List = append(out.List, n)
		}
	}
	if order.Item == "" {
		return out, nil
	}
	var named []plan.Past
	for _, n := range out.List {
		named = append(named, n.Change.Past())
	}
	named = about(named, order.Item)
	out.List = slices.DeleteFunc(out.List, func(n Notice) bool {
		return !slices.ContainsFunc(named, func(p plan.Past) bool { return p.Entry == int64(n.Change.Entry) })
	})
	if len(out.List) == 0 {
		return out, ErrNoSuchItem
	}
	return out, nil
}

// Everybody tells whether an address is that of somebody of the office, switched
// on or not.
func (o *Office) Everybody(ctx context.Context) (func(string) bool, error) {
	people, err := o.People(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := o.Book.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("load settings: %w", err)
	}
	all := map[string]bool{}
	for _, p := range people {
		for a := range ownAddresses(settings, p) {
			all[a] = true
		}
	}
	return func(a string) bool { return all[strings.ToLower(a)] }, nil
}

// worthTelling are the fields that the people of a meeting go by.
const worthTelling = event.FieldWhen | event.FieldLocation | event.FieldRecurrence

// Untold are the people from outside who have a share in a change that nobody was
// mailed about: a meeting got another time or place, or was called off.
func Untold(c state.PastChange, ours func(string) bool) (to []string) {
	moved := c.Kind == plan.Update && c.Fields&worthTelling != 0 && c.After != nil
	if c.Outcome != state.Applied || c.Side != event.Exchange || c.Notified > 0 || c.Before == nil || c.Kind != plan.Delete && !moved {
		return nil
	}
	for _, a := range plan.Outsiders(*c.Before, ours) {
		to = append(to, a.Address)
	}
	return to
}

// noticeOf is such a change, and whether they can be told.
func noticeOf(c state.PastChange, snap state.Snapshot, ours func(string) bool) (Notice, bool) {
	out := Notice{Change: c, To: Untold(c, ours)}
	if len(out.To) == 0 {
		return Notice{}, false
	}
	gone := c.Kind == plan.Delete
	at := slices.IndexFunc(snap.Mirror[event.Exchange], func(m plan.Mirrored) bool { return m.Item.ID == c.Before.ID && m.Presence == plan.Present })
	switch {
	case c.Notice != nil && c.Notice.Sent:
		out.State = NoticeSent
	case c.Notice != nil:
		out.State = NoticeDoubt
	case gone && at >= 0:
		out.State = NoticeOvertaken
	case !gone && (at < 0 || event.Diff(snap.Mirror[event.Exchange][at].Item.Event, c.After.Event)&worthTelling != 0):
		out.State = NoticeOvertaken
	}
	return out, true
}

// Tell sends what is open of what Notices lists, a mail for each change. The
// result is the list as it is then; the error is of the first that was not sent.
func (o *Office) Tell(ctx context.Context, order NoticeOrder) (Notices, error) {
	shown, err := o.Notices(ctx, order.UndoOrder)
	if err != nil {
		return shown, err
	}
	if shown.Open() != order.People || order.People == 0 {
		return shown, ErrOtherCount
	}
	s, err := o.seatOf(ctx, shown.Person.ID)
	if err != nil {
		return shown, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := o.ready(ctx, s.desk, s.who); err != nil {
		return shown, err
	}
	from, ok := s.endpoints[event.Exchange].(endpoint.Messenger)
	if !ok {
		return shown, ErrNoMail
	}
	var failed error
	for _, n := range shown.List {
		if n.State == NoticeOpen && failed == nil {
			failed = o.tell(ctx, from, n, order)
		}
	}
	after, err := o.Notices(ctx, order.UndoOrder)
	return after, errors.Join(failed, err)
}

// tell sends one mail. What is in doubt stays noted as it is.
func (o *Office) tell(ctx context.Context, from endpoint.Messenger, n Notice, order NoticeOrder) error {
	id := n.Change.Entry
	err := o.History.BeginNotice(ctx, state.Notice{Entry: id, By: order.By, At: o.Now(), People: len(n.To)})
	if errors.Is(err, state.ErrNoticed) {
		return nil // by somebody else, since the list was made
	}
	if err != nil {
		return fmt.Errorf("note who is told: %w", err)
	}
	err = from.Message(ctx, letterOf(n, order.Words))
	if err != nil && endpoint.Is(err, endpoint.OutcomeUnknown) {
		return err
	}
	if noted := o.History.EndNotice(context.WithoutCancel(ctx), id, err == nil); noted != nil {
		return errors.Join(err, fmt.Errorf("note who was told: %w", noted))
	}
	return err
}

// letterOf is the mail about a change: what the entry is called, when and where
// it is now.
func letterOf(n Notice, w NoticeWords) endpoint.Letter {
	it, head := n.Change.Before, w.CalledOff
	if n.Change.Kind != plan.Delete {
		it, head = n.Change.After, w.Changed
	}
	lines := []string{it.Subject, ""}
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, name+": "+value)
		}
	}
	add(w.When, spanText(it.When))
	add(w.Where, it.Location)
	if it.Recurrence != nil {
		lines = append(lines, "", w.Series)
	}
	return endpoint.Letter{To: n.To, Subject: head + ": " + it.Subject, Text: strings.Join(lines, "\n")}
}

// spanText is a span in the form that people of all countries read alike.
func spanText(s event.Span) string {
	if s.AllDay {
		if last := s.End.Date.AddDays(-1); last != s.Start.Date {
			return s.Start.Date.String() + " – " + last.String()
		}
		return s.Start.Date.String()
	}
	text := func(w event.Wall) string { return strings.TrimSuffix(strings.Replace(w.String(), "T", " ", 1), ":00") }
	end := text(s.End)
	if s.End.Date == s.Start.Date {
		_, end, _ = strings.Cut(end, " ")
	}
	return text(s.Start) + " – " + end + " (" + s.Zone + ")"
}
