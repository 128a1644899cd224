package ews

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

const (
	opGetStreamingEvents = "GetStreamingEvents"
	maxStreamMinutes     = 30
	// streamGrace is how long after the agreed end the server may still close the stream by itself.
	streamGrace = 2 * time.Minute
	// maxStreamed bounds one document of a stream.
	maxStreamed = 8 << 20
)

// Notification says that something happened in the folder of a subscription. It is a hint to pull: it names items, but their state is
// that of the feed.
type Notification struct {
	Subscription string
	Events       int // number of events, keep-alives not counted
}

// GetStreamingEvents reads the notifications of subscriptions for the given time (1 to 30 minutes, in whole minutes) on a connection of its own and
// calls handle for each document that holds events. It returns nil when the server closes the stream in order; an error of handle ends the
// stream and is returned. ClassSubscription means: subscribe anew and pull once.
func (m *Mailbox) GetStreamingEvents(ctx context.Context, subscriptions []string, timeout time.Duration, handle func(Notification) error) error {
	minutes := int(timeout / time.Minute)
	if minutes < 1 || minutes > maxStreamMinutes || len(subscriptions) == 0 {
		return invalid(opGetStreamingEvents, "open stream: subscriptions and a time of 1 to %d minutes are needed", maxStreamMinutes)
	}
	op := operation{
		name: opGetStreamingEvents, affinity: true, needs: FeatureStreaming, hasNeeds: true,
		body: func(e *encoder) {
			e.open("m:GetStreamingEvents")
			e.open("m:SubscriptionIds")
			for _, id := range subscriptions {
				e.text("t:SubscriptionId", id)
			}
			e.close("m:SubscriptionIds")
			e.int("m:ConnectionTimeout", minutes)
			e.close("m:GetStreamingEvents")
		},
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(minutes)*time.Minute+streamGrace)
	defer cancel()
	err := m.stream(ctx, op, handle)
	var e *Error
	if errors.As(err, &e) {
		m.c.settleError(ctx, e)
	}
	return err
}

// stream opens the request on a new lane, so that a hanging request takes no lane from the calls.
func (m *Mailbox) stream(ctx context.Context, op operation, handle func(Notification) error) error {
	payload, err := encodeRequest(op, header{m.c.opts.Access, m.address, m.c.opts.ZoneContext}, m.start())
	if err != nil {
		return err
	}
	if err := m.c.gov.wait(ctx, m.c.opts.MaxWait); err != nil {
		return finish(op, err)
	}
	l, err := newLane(&m.c.opts, m.c.url, m.c.gate)
	if err != nil {
		return finish(op, err)
	}
	defer l.tr.CloseIdleConnections()
	defer m.c.meter(l, op.name)()
	m.c.count(op.name, OpStats{Calls: 1})
	resp, err := l.exchange(ctx, m.headers(op), payload)
	if err != nil {
		return finish(op, err)
	}
	defer func() { _ = resp.Body.Close() }()
	m.c.noteDate(resp.Header)
	m.keepCookies(resp)
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode != http.StatusOK || err != nil || kind != "text/xml" {
		_, err := m.read(op, resp)
		if err == nil {
			err = errNoEnvelope
		}
		return finish(op, err)
	}
	return m.readStream(op, resp.Body, handle)
}

func (m *Mailbox) readStream(op operation, body io.Reader, handle func(Notification) error) error {
	in := bufio.NewReader(body)
	for {
		doc, err := nextDocument(in)
		if err != nil {
			return finish(op, transportError(err, true))
		}
		a, err := decodeAnswer(op, doc)
		if err != nil {
			return finish(op, err)
		}
		for _, msg := range a.messages {
			if msg.err != nil {
				return msg.err
			}
			for _, n := range decodeNotifications(msg.node) {
				if err := handle(n); err != nil {
					return fmt.Errorf("handle notification: %w", err)
				}
			}
			if msg.node.childWord("ConnectionStatus") == "Closed" {
				return nil
			}
		}
	}
}

func decodeNotifications(n *node) []Notification {
	var out []Notification
	list := n.child("Notifications").all()
	for i := range list {
		x := Notification{Subscription: list[i].childWord("SubscriptionId")}
		kids := list[i].all()
		for j := range kids {
			if strings.HasSuffix(kids[j].name, "Event") && kids[j].name != "StatusEvent" {
				x.Events++
			}
		}
		if x.Events > 0 {
			out = append(out, x)
		}
	}
	return out
}

// nextDocument reads up to the end tag of the next envelope: the answer is a sequence of whole documents, with or without a prefix and a declaration.
func nextDocument(in *bufio.Reader) ([]byte, error) {
	var doc []byte
	for {
		part, err := in.ReadSlice('>')
		doc = append(doc, part...)
		if len(doc) > maxStreamed {
			return nil, errors.New("read stream: a document is too long")
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && len(bytes.TrimSpace(doc)) == 0:
			return nil, fmt.Errorf("read stream: the server ended it without closing it: %w", err)
		case err != nil:
			return nil, fmt.Errorf("read stream: %w", err)
		case endsEnvelope(doc):
			return bytes.TrimSpace(doc), nil
		}
	}
}

// endsEnvelope tells whether doc ends with </Envelope> under any prefix. It is
// asked at each tag, and so looks no further back than an end tag may be long.
func endsEnvelope(doc []byte) bool {
	const longest = 256
	doc = doc[max(0, len(doc)-longest):]
	open := bytes.LastIndex(doc, []byte("</"))
	if open < 0 {
		return false
	}
	name := strings.TrimSpace(string(doc[open+2 : len(doc)-1]))
	return name == "Envelope" || strings.HasSuffix(name, ":Envelope")
}
