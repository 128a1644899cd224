package localapi

import (
	"context"
	"net/http"
)

// FindServerRequest asks for the Exchange server of an address.
type FindServerRequest struct {
	Address string `json:"address"`
	// Draft says how to sign in; its address of the service is not looked at.
	Draft Draft `json:"draft"`
	// Secret is tried in the place of the one that is kept; it is not kept.
	Secret Secret `json:"secret,omitempty"`
	// Allow are hosts of other domains that may see the password: somebody has
	// said so of each.
	Allow []string `json:"allow,omitempty"`
}

// FoundServer is what was found, and what was tried.
type FoundServer struct {
	URL         string `json:"url,omitempty"` // as DraftExchange.URL takes it; empty: not found, see Why
	InternalURL string `json:"internal_url,omitempty"`
	OAB         string `json:"oab,omitempty"` // the offline address book's
	Version     string `json:"version,omitempty"`
	Cloud       bool   `json:"cloud,omitempty"` // the mailbox is in Microsoft 365
	Why         string `json:"why,omitempty"`
	// Ask are hosts of other domains that the search was led to, and that a
	// person has to allow before they see the password.
	Ask      []string        `json:"ask,omitempty"`
	Attempts []ServerAttempt `json:"attempts"`
}

// Why nothing was found.
const (
	FindNothing = "not_found"
	FindRefused = "sign_in_refused"
	FindAsk     = "other_domain"
	FindAddress = "no_address"
	FindSecret  = "no_secret"
)

// ServerAttempt is one thing that was tried.
type ServerAttempt struct {
	Step    string `json:"step"`
	URL     string `json:"url"`
	How     string `json:"how,omitempty"`
	Outcome string `json:"outcome"`
	Status  int    `json:"status,omitempty"`
	To      string `json:"to,omitempty"`
}

// FindServer looks for the Exchange server of an address.
func (c *Client) FindServer(ctx context.Context, q FindServerRequest) (FoundServer, error) {
	return call[FoundServer](ctx, c, http.MethodPost, "/v1/setup/find", q)
}
