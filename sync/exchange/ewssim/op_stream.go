package ewssim

import (
	"net/http"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
	"lockstep/sync/internal/faultscript"
)

// hanging is how many streams an account may hold open (HangingConnectionLimit).
func (p product) hanging() int {
	if p.major == 15 && p.minor == 0 {
		return 3
	}
	return 10
}

// streaming is one open GetStreamingEvents.
type streaming struct {
	c    *call
	w    http.ResponseWriter
	rc   *http.ResponseController
	subs []*subscription
	stop chan struct{} // closed when another connection takes over
	req  []byte
	from string // User-Agent
}

// stream answers GetStreamingEvents: one whole envelope after another on a
// response that stays open.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, c *call, doc []byte) {
	minutes, err := parseInt(c.req.KidText("ConnectionTimeout"))
	if err != nil || minutes < 1 || minutes > 30 {
		s.reply(w, r, c, doc, invalid(c.req, "ConnectionTimeout must be a number of minutes from 1 to 30"))
		return
	}
	if s.prod.highest < v2010SP1 {
		s.reply(w, r, c, doc, faultf("ErrorInvalidRequest", "The operation GetStreamingEvents is not supported."))
		return
	}
	st := &streaming{c: c, w: w, rc: http.NewResponseController(w), stop: make(chan struct{}), req: doc, from: r.UserAgent()}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "private")
	w.WriteHeader(http.StatusOK)
	if !st.attach() {
		return
	}
	defer st.detach()
	if !st.send(func() { c.w.Text("m:ConnectionStatus", "OK") }) {
		return
	}
	if c.fault == faultscript.DropAfter || c.fault == faultscript.Truncated {
		cut(w)
		return
	}
	st.run(r, time.Duration(minutes)*s.opts.StreamMinute)
}

// attach finds the subscriptions and takes them over from older streams.
func (st *streaming) attach() bool {
	c := st.c
	s := c.srv
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	var bad []string
	var why error
	for _, n := range c.req.Kid("SubscriptionIds").All() {
		sub, err := c.subscriptionOf(n.Text)
		if err == nil && !sub.stream {
			err = problemf("ErrorInvalidSubscription", "The subscription is not a streaming subscription.")
		}
		if err != nil {
			bad, why = append(bad, n.Text), err
			continue
		}
		st.subs = append(st.subs, sub)
	}
	s.mu.Lock()
	open := map[chan struct{}]bool{}
	for id, ch := range s.streams {
		if sub := s.subs[id]; sub != nil && sub.account == c.account {
			open[ch] = true
		}
	}
	tooMany := len(open) >= s.prod.hanging()
	if why == nil && !tooMany {
		for _, sub := range st.subs {
			if old := s.streams[sub.id]; old != nil {
				closeOnce(old)
			}
			s.streams[sub.id] = st.stop
		}
	}
	s.mu.Unlock()
	switch {
	case why != nil:
		st.refuse(why, bad)
		return false
	case tooMany:
		st.refuse(problemf("ErrorExceededConnectionCount", "You have exceeded the available concurrent connections for your account."), nil)
		return false
	}
	return true
}

func closeOnce(ch chan struct{}) {
	select {
	case <-ch:
	default:
		close(ch)
	}
}

func (st *streaming) detach() {
	s := st.c.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range st.subs {
		if s.streams[sub.id] == st.stop {
			delete(s.streams, sub.id)
		}
	}
}

func (st *streaming) run(r *http.Request, limit time.Duration) {
	s := st.c.srv
	end := time.NewTimer(limit)
	defer end.Stop()
	alive := time.NewTicker(s.opts.KeepAlive)
	defer alive.Stop()
	for {
		s.store.Mu.Lock()
		changed := s.store.Wait()
		todo, lost := st.collect()
		var doc []byte
		if todo != nil {
			doc = st.build(func() error { st.c.ok(todo); return nil })
		}
		s.store.Mu.Unlock()
		if lost != nil {
			st.refuse(lost, nil)
			return
		}
		if doc != nil && !st.push(doc) {
			return
		}
		select {
		case <-changed:
		case <-alive.C:
			if !st.send(st.status) {
				return
			}
		case <-st.stop:
			st.refuse(problemf("ErrorNewEventStreamConnectionOpened", "Another connection was opened for the subscription."), nil)
			return
		case <-end.C:
			st.send(func() { st.c.w.Text("m:ConnectionStatus", "Closed") })
			return
		case <-r.Context().Done():
			return
		}
	}
}

type batch struct {
	sub *subscription
	es  []store.Event
}

// collect takes the new events of all subscriptions; nil when there are none.
func (st *streaming) collect() (func(), error) {
	var todo []batch
	for _, sub := range st.subs {
		if sub.box.Hidden || sub.box.GUID != sub.guid {
			return nil, problemf("ErrorReadEventsFailed", "The events of the subscription cannot be read any more.")
		}
		es, whole := sub.box.EventsSince(sub.sent)
		if !whole {
			return nil, problemf("ErrorMissedNotificationEvents", "Events were lost.")
		}
		sub.sent = sub.box.LastEvent()
		if mine := sub.mine(es); len(mine) > 0 {
			todo = append(todo, batch{sub, append([]store.Event(nil), mine...)})
		}
	}
	if len(todo) == 0 {
		return nil, nil //nolint:nilnil // nothing to send is not an error
	}
	return func() {
		elem := st.notification()
		st.c.w.Open("m:Notifications")
		for _, b := range todo {
			st.c.w.Open(elem)
			st.c.w.Text("t:SubscriptionId", b.sub.id)
			for _, e := range b.es {
				st.c.event(b.sub.box, e, false)
			}
			st.c.w.Close(elem)
		}
		st.c.w.Close("m:Notifications")
	}, nil
}

// notification is the element of one subscription's events in a stream.
func (st *streaming) notification() string {
	if st.c.srv.opts.Switches.MessagesNotification {
		return "m:Notification"
	}
	return "t:Notification"
}

// status is the keep-alive.
func (st *streaming) status() {
	w, elem := st.c.w, st.notification()
	w.Open("m:Notifications")
	for _, sub := range st.subs {
		w.Open(elem)
		w.Text("t:SubscriptionId", sub.id)
		w.Empty("t:StatusEvent")
		w.Close(elem)
	}
	w.Close("m:Notifications")
}

func (st *streaming) send(content func()) bool {
	return st.write(func() error { st.c.ok(content); return nil })
}

func (st *streaming) refuse(err error, bad []string) {
	st.write(func() error {
		return st.c.fail(err, func() {
			if len(bad) == 0 {
				return
			}
			st.c.w.Open("m:ErrorSubscriptionIds")
			for _, id := range bad {
				st.c.w.Text("t:SubscriptionId", id)
			}
			st.c.w.Close("m:ErrorSubscriptionIds")
		})
	})
}

func (st *streaming) write(fill func() error) bool { return st.push(st.build(fill)) }

// build makes one document. Unlike other answers its envelope has no prefix and
// no declaration: clients look for "<Envelope" in the stream.
func (st *streaming) build(fill func() error) []byte {
	c := st.c
	c.w = &xmlnode.Writer{}
	c.w.Raw(`<Envelope xmlns="` + xmlnode.SOAP + `"><soap11:Header xmlns:soap11="` + xmlnode.SOAP + `">`)
	c.srv.versionInfo(c.w)
	c.w.Raw(`</soap11:Header><soap11:Body xmlns:soap11="` + xmlnode.SOAP + `">`)
	c.w.Open("m:GetStreamingEventsResponse", "xmlns:m", xmlnode.Messages, "xmlns:t", xmlnode.Types)
	c.w.Open("m:ResponseMessages")
	if err := fill(); err != nil {
		return nil
	}
	c.w.Close("m:ResponseMessages")
	c.w.Close("m:GetStreamingEventsResponse")
	c.w.Raw(`</soap11:Body></Envelope>`)
	return c.w.Bytes()
}

// push sends a document at once.
func (st *streaming) push(doc []byte) bool {
	c := st.c
	if rec := c.srv.opts.Record; rec != nil {
		rec(Exchange{Op: c.op, SchemaVersion: c.named, Client: st.from, Request: st.req, Response: doc})
	}
	if _, err := st.w.Write(doc); err != nil {
		return false
	}
	return st.rc.Flush() == nil
}
