package ews

import (
	"context"
	"errors"
)

const opResolveNames = "ResolveNames"

// Resolution is one match of a name.
type Resolution struct {
	Mailbox Recipient
	// Addresses are the SMTP addresses that the directory lists for it, the primary one among them; empty when the server sent no contact data.
	Addresses []string
}

// ResolveNames looks a name or an address up in the directory. complete is false when there are more matches than the 100 that the server returns.
// No match is an empty list, not an error.
func (m *Mailbox) ResolveNames(ctx context.Context, name string) (found []Resolution, complete bool, err error) {
	if CleanText(name) == "" {
		return nil, false, invalid(opResolveNames, "resolve name: it is empty")
	}
	a, err := m.call(ctx, operation{name: opResolveNames, inputs: 1, body: func(e *encoder) {
		attrs := []string{"ReturnFullContactData", "true", "SearchScope", "ActiveDirectory"}
		if e.version.Has(FeatureContactDataShape) {
			attrs = append(attrs, "ContactDataShape", "Default")
		}
		e.open("m:ResolveNames", attrs...)
		e.text("m:UnresolvedEntry", name)
		e.close("m:ResolveNames")
	}})
	if err != nil {
		return nil, false, err
	}
	if e := a.messages[0].err; e != nil {
		if e.Code == "ErrorNameResolutionNoResults" {
			return nil, true, nil
		}
		return nil, false, e
	}
	set := a.messages[0].node.child("ResolutionSet")
	if set == nil {
		return nil, false, &Error{Op: opResolveNames, Class: ClassProtocol, HTTPStatus: 200, Sent: true, Err: errors.New("read names: the answer has no list")}
	}
	list := set.all()
	for i := range list {
		r := Resolution{Mailbox: decodeRecipient(list[i].child("Mailbox"))}
		entries := list[i].path("Contact", "EmailAddresses").all()
		for j := range entries {
			if w := entries[j].word(); w != "" {
				r.Addresses = append(r.Addresses, smtpOf(w))
			}
		}
		found = append(found, r)
	}
	last, err := parseBool(set.attr("IncludesLastItemInRange"))
	return found, err == nil && last, nil
}

// smtpOf takes the "SMTP:" prefix of a proxy address away.
func smtpOf(s string) string {
	const prefix = len("smtp:")
	if len(s) > prefix && (s[:prefix] == "smtp:" || s[:prefix] == "SMTP:") {
		return s[prefix:]
	}
	return s
}
