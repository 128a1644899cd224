package ewssim

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// subscription is what somebody wants to hear of one mailbox.
type subscription struct {
	id      string
	box     *store.Mailbox
	guid    string // of the mailbox when it was made: a moved mailbox loses it
	all     bool
	folders map[uint64]bool
	kinds   map[string]bool
	account string
	stream  bool
	sent    uint64 // streams: last event sent
}

func subscribe(_ context.Context, c *call) error {
	req := c.req.First()
	if req == nil {
		return invalid(c.req, "the kind of subscription is missing")
	}
	if req.Name == "StreamingSubscriptionRequest" && c.schema != vNone && !c.at(v2010SP1) {
		return invalid(req, "the element %q is not known to the requested version", req.Name)
	}
	return c.messages(func() error {
		sub, err := c.newSubscription(req)
		if err != nil {
			return c.fail(err, nil)
		}
		c.srv.mu.Lock()
		c.srv.subs[sub.id] = sub
		c.srv.mu.Unlock()
		c.ok(func() {
			c.w.Text("m:SubscriptionId", sub.id)
			if !sub.stream {
				c.w.Text("m:Watermark", watermark(sub.box, sub.sent))
			}
		})
		return nil
	})
}

func (c *call) newSubscription(req *xmlnode.Node) (*subscription, error) {
	sub := &subscription{account: c.account, folders: map[uint64]bool{}, kinds: map[string]bool{}}
	switch req.Name {
	case "StreamingSubscriptionRequest":
		sub.stream = true
	case "PullSubscriptionRequest":
		if n, err := parseInt(req.KidText("Timeout")); err != nil || n < 1 || n > 1440 {
			return nil, invalid(req, "Timeout must be a number of minutes from 1 to 1440")
		}
	default:
		return nil, problemf("ErrorInvalidSubscriptionRequest", "Push subscriptions are not offered.")
	}
	if all := req.Attr("SubscribeToAllFolders"); all == "true" || all == "1" {
		sub.all, sub.box = true, c.user
		if c.user == nil {
			return nil, problemf("ErrorMissingEmailAddress", "The account has no mailbox.")
		}
	}
	for _, n := range req.Kid("FolderIds").All() {
		f, err := c.folderOf(n, store.RightRead)
		if err != nil {
			return nil, err
		}
		if sub.box != nil && sub.box != f.Box() {
			return nil, problemf("ErrorInvalidSubscriptionRequest", "All folders must be in one mailbox.")
		}
		sub.box = f.Box()
		sub.folders[f.Serial] = true
	}
	if sub.box == nil {
		return nil, problemf("ErrorInvalidSubscriptionRequest", "The subscription names no folder.")
	}
	for _, n := range req.Kid("EventTypes").All() {
		sub.kinds[n.Text] = true
	}
	if len(sub.kinds) == 0 {
		return nil, invalid(req, "EventTypes is missing or empty")
	}
	u := c.srv.store.Unique()
	sub.id = base64.StdEncoding.EncodeToString(append([]byte("mail.office.test"), u[:]...))
	sub.guid, sub.sent = sub.box.GUID, sub.box.LastEvent()
	if w := req.Kid("Watermark"); w != nil {
		n, err := readWatermark(sub.box, w.Text)
		if err != nil {
			return nil, err
		}
		sub.sent = n
	}
	return sub, nil
}

func watermark(m *store.Mailbox, n uint64) string {
	return base64.StdEncoding.EncodeToString([]byte(m.GUID + " " + strconv.FormatUint(n, 10)))
}

func readWatermark(m *store.Mailbox, s string) (uint64, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	guid, num, _ := strings.Cut(string(raw), " ")
	n, perr := strconv.ParseUint(num, 10, 64)
	if err != nil || perr != nil || guid != m.GUID || n > m.LastEvent() {
		return 0, problemf("ErrorInvalidWatermark", "The watermark is not valid for this subscription.")
	}
	return n, nil
}

// subscriptionOf finds a subscription of the caller.
func (c *call) subscriptionOf(id string) (*subscription, error) {
	c.srv.mu.Lock()
	sub := c.srv.subs[id]
	c.srv.mu.Unlock()
	switch {
	case sub == nil:
		return nil, problemf("ErrorSubscriptionNotFound", "The specified subscription was not found.")
	case sub.account != c.account:
		return nil, problemf("ErrorSubscriptionAccessDenied", "The subscription belongs to another account.")
	case sub.box.Hidden || sub.box.GUID != sub.guid:
		c.srv.dropSubscription(id)
		return nil, problemf("ErrorSubscriptionNotFound", "The specified subscription was not found.")
	}
	return sub, nil
}

func (s *Server) dropSubscription(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.subs, id)
}

// DropSubscriptions forgets all subscriptions, as a restart of the server does.
func (s *Server) DropSubscriptions() {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.subs)
	for id, stop := range s.streams {
		close(stop)
		delete(s.streams, id)
	}
}

// Subscriptions is the number of subscriptions that there are.
func (s *Server) Subscriptions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.subs)
}

func unsubscribe(_ context.Context, c *call) error {
	return c.messages(func() error {
		sub, err := c.subscriptionOf(c.req.KidText("SubscriptionId"))
		if err != nil {
			return c.fail(err, nil)
		}
		c.srv.dropSubscription(sub.id)
		c.ok(nil)
		return nil
	})
}

// mine picks the events that a subscription wants.
func (sub *subscription) mine(es []store.Event) []store.Event {
	var out []store.Event
	for _, e := range es {
		inside := sub.all || sub.folders[e.Parent] || sub.folders[e.OldParent] || sub.folders[e.Folder]
		if inside && sub.kinds[e.Kind.String()] {
			out = append(out, e)
		}
	}
	return out
}

func getEvents(_ context.Context, c *call) error {
	return c.messages(func() error {
		sub, err := c.subscriptionOf(c.req.KidText("SubscriptionId"))
		if err == nil && sub.stream {
			err = problemf("ErrorInvalidPullSubscriptionId", "The subscription is not a pull subscription.")
		}
		if err != nil {
			return c.fail(err, nil)
		}
		mark := c.req.KidText("Watermark")
		from, err := readWatermark(sub.box, mark)
		if err != nil {
			return c.fail(err, nil)
		}
		es, whole := sub.box.EventsSince(from)
		if !whole {
			return c.fail(problemf("ErrorInvalidWatermark", "The watermark is too old."), nil)
		}
		c.ok(func() {
			c.w.Open("m:Notification")
			c.w.Text("t:SubscriptionId", sub.id)
			c.w.Text("t:PreviousWatermark", mark)
			c.w.Bool("t:MoreEvents", false)
			mine := sub.mine(es)
			for _, e := range mine {
				c.event(sub.box, e, true)
			}
			if len(mine) == 0 {
				c.w.Open("t:StatusEvent")
				c.w.Text("t:Watermark", watermark(sub.box, sub.box.LastEvent()))
				c.w.Close("t:StatusEvent")
			}
			c.w.Close("m:Notification")
		})
		return nil
	})
}

// event writes one notification. Streams carry no watermarks.
func (c *call) event(m *store.Mailbox, e store.Event, marks bool) {
	w := c.w
	name := "t:" + e.Kind.String()
	w.Open(name)
	if marks {
		w.Text("t:Watermark", watermark(m, e.N))
	}
	w.Text("t:TimeStamp", c.time(e.At))
	key := func(n uint64) string { return store.ChangeKey(m.GUID, true, n) }
	if e.Item != 0 {
		w.Empty("t:ItemId", "Id", m.ItemID(e.Item), "ChangeKey", key(e.N))
	} else {
		w.Empty("t:FolderId", "Id", m.FolderID(e.Folder), "ChangeKey", key(e.N))
	}
	w.Empty("t:ParentFolderId", "Id", m.FolderID(e.Parent), "ChangeKey", key(e.N))
	if e.Kind == store.Moved {
		w.Empty("t:OldItemId", "Id", m.ItemID(e.OldItem), "ChangeKey", key(e.N))
		w.Empty("t:OldParentFolderId", "Id", m.FolderID(e.OldParent), "ChangeKey", key(e.N))
	}
	w.Close(name)
}
