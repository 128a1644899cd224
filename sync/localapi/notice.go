package localapi

import (
	"context"
	"net/http"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

// NoticeRequest names changes that people from outside the office were not told
// of.
type NoticeRequest struct {
	Run  int64  `json:"run,omitempty"`  // 0: the newest of Who that changed anything
	Who  string `json:"who,omitempty"`  // address
	Item string `json:"item,omitempty"` // number of a change, or an entry's id
	// People, of Notify, is how many people Notices said would be mailed.
	People int         `json:"people,omitempty"`
	By     string      `json:"by,omitempty"`
	Words  NoticeWords `json:"words,omitzero"`
}

// NoticeWords are the words of the mail.
type NoticeWords = office.NoticeWords

// Notices are the changes of a run that people were not told of when they were
// written.
type Notices struct {
	Run     int64    `json:"run"`
	Name    string   `json:"name"`
	Address string   `json:"address"`
	Items   []Notice `json:"items"`
	// People is how many mails could be sent now.
	People  int      `json:"people"`
	Trouble *Trouble `json:"trouble,omitempty"`
}

// Notice is one of them.
type Notice struct {
	Number int64  `json:"number"` // of the change
	Kind   string `json:"change"` // update, delete
	Entry  Entry  `json:"entry"`  // as it became, or was
	People int    `json:"people"`
	// State is open, sent, in_doubt or overtaken; see office.NoticeState.
	State string    `json:"state"`
	By    string    `json:"by,omitempty"`
	At    time.Time `json:"at,omitzero"`
}

// Notices lists what people from outside were not told of.
func (l *Local) Notices(ctx context.Context, q NoticeRequest) (Notices, error) {
	order, err := l.undoOrder(ctx, UndoRequest{Run: q.Run, Who: q.Who, Item: q.Item})
	if err != nil {
		return Notices{}, err
	}
	n, err := l.Office.Notices(ctx, order)
	if err != nil {
		return Notices{}, AsError(err)
	}
	return noticesOf(n), nil
}

// Notify mails them, once for each change.
func (l *Local) Notify(ctx context.Context, q NoticeRequest) (Notices, error) {
	order, err := l.undoOrder(ctx, UndoRequest{Run: q.Run, Who: q.Who, Item: q.Item})
	if err != nil {
		return Notices{}, err
	}
	n, err := l.Office.Tell(ctx, office.NoticeOrder{UndoOrder: order, People: q.People, By: q.By, Words: q.Words})
	if err != nil && len(n.List) == 0 {
		return Notices{}, AsError(err)
	}
	out := noticesOf(n)
	if err != nil {
		e := AsError(err)
		if e.Trouble == nil {
			return out, e
		}
		out.Trouble = e.Trouble
	}
	return out, nil
}

func noticesOf(n office.Notices) Notices {
	out := Notices{Run: int64(n.Run), Name: n.Person.Name, Address: n.Person.Addresses[event.Exchange], Items: []Notice{}, People: n.Open()}
	for _, x := range n.List {
		it := x.Change.After
		if x.Change.Kind == plan.Delete || it == nil {
			it = x.Change.Before
		}
		one := Notice{Number: int64(x.Change.Entry), Kind: x.Change.Kind.String(), Entry: *entryOf(it), People: len(x.To), State: x.State.String()}
		if told := x.Change.Notice; told != nil {
			one.By, one.At = told.By, told.At
		}
		out.Items = append(out.Items, one)
	}
	return out
}

// Notices lists what people from outside were not told of.
func (c *Client) Notices(ctx context.Context, q NoticeRequest) (Notices, error) {
	return call[Notices](ctx, c, http.MethodPost, "/v1/notices", q)
}

// Notify mails them.
func (c *Client) Notify(ctx context.Context, q NoticeRequest) (Notices, error) {
	return call[Notices](ctx, c, http.MethodPost, "/v1/notify", q)
}

// Notices lists what people from outside were not told of.
func (s Screened) Notices(ctx context.Context, q NoticeRequest) (Notices, error) {
	return s.notices(ctx, q, s.Agent.Notices)
}

// Notify mails them.
func (s Screened) Notify(ctx context.Context, q NoticeRequest) (Notices, error) {
	return s.notices(ctx, q, s.Agent.Notify)
}

func (s Screened) notices(ctx context.Context, q NoticeRequest, do func(context.Context, NoticeRequest) (Notices, error)) (Notices, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Notices{}, AsError(err)
	}
	out, err := do(ctx, q)
	for i := range out.Items {
		if !sc.Shows(out.Address) {
			out.Items[i].Entry = *mask(&out.Items[i].Entry)
		}
	}
	return out, err
}
