package ews

import (
	"context"
	"errors"
)

const (
	opSubscribe   = "Subscribe"
	opUnsubscribe = "Unsubscribe"
)

// Subscribe asks for streaming notifications about a folder and returns the subscription's id. Exchange 2010 SP1 and newer. The account that
// subscribes is the one that must read the stream.
func (m *Mailbox) Subscribe(ctx context.Context, folder FolderRef) (string, error) {
	a, err := m.call(ctx, operation{
		name: opSubscribe, inputs: 1, affinity: true, needs: FeatureStreaming, hasNeeds: true,
		body: func(e *encoder) {
			e.open("m:Subscribe")
			e.open("m:StreamingSubscriptionRequest")
			e.targetFolder("t:FolderIds", folder)
			e.open("t:EventTypes")
			for _, t := range []string{"CopiedEvent", "CreatedEvent", "DeletedEvent", "ModifiedEvent", "MovedEvent"} {
				e.text("t:EventType", t)
			}
			e.close("t:EventTypes")
			e.close("m:StreamingSubscriptionRequest")
			e.close("m:Subscribe")
		},
	})
	if err != nil {
		return "", err
	}
	if a.messages[0].err != nil {
		return "", a.messages[0].err
	}
	id := a.messages[0].node.childWord("SubscriptionId")
	if id == "" {
		return "", &Error{Op: opSubscribe, Class: ClassProtocol, HTTPStatus: 200, Sent: true, Err: errors.New("read subscription: the answer has no id")}
	}
	return id, nil
}

// Unsubscribe ends a subscription. One that is already gone is ClassSubscription.
func (m *Mailbox) Unsubscribe(ctx context.Context, id string) error {
	a, err := m.call(ctx, operation{
		name: opUnsubscribe, inputs: 1, affinity: true, needs: FeatureStreaming, hasNeeds: true,
		body: func(e *encoder) {
			e.open("m:Unsubscribe")
			e.text("m:SubscriptionId", id)
			e.close("m:Unsubscribe")
		},
	})
	if err != nil {
		return err
	}
	return a.errs()[0]
}
