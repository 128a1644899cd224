package model

import (
	"lockstep/sync/doctor"
	"lockstep/ui/say"
)

// cureText is what a cause means, what mends it, and the command that prints
// the administrator's script for it. Words in braces stand for facts. What the
// windows show as it stands here is a key of package say; what only the command
// line shows, because windowMend has other words for it, is not.
type cureText struct{ what, do, script string }

const (
	scriptExchange = "lockstepctl script exchange"
	scriptThrottle = "lockstepctl script exchange --kind throttling"
	askAdmin       = "Give the Exchange administrator the script that Lockstep writes for it."
)

func cures() map[doctor.Cause]cureText {
	out := map[doctor.Cause]cureText{}
	for _, part := range []map[doctor.Cause]cureText{wayCures(), tlsCures(), serviceCures(), signInCures(), rightsCures(), officeCures()} {
		for c, w := range part {
			out[c] = w
		}
	}
	return out
}

func wayCures() map[doctor.Cause]cureText {
	return map[doctor.Cause]cureText{
		doctor.CauseNeeds:         {what: "Not tried: something before it has to be mended first ({needs})."},
		doctor.CauseNotHere:       {what: say.Key("Not tried: this cannot be seen from here.")},
		doctor.CauseStopped:       {what: say.Key("Not tried: the examination was ended.")},
		doctor.CausePCPast:        {what: say.Key("This PC's clock stands in the past."), do: say.Key("Set the clock, or let it be set over the network.")},
		doctor.CausePCZone:        {what: say.Key("This PC is in the time zone {zone}, the office in {office_zone}."), do: "Nothing, if you are travelling. Otherwise set the zone of this PC, or zone in office.toml."},
		doctor.CauseHostUnknown:   {what: say.Key("There is no server of the name {host}."), do: "Check the url in {section} of office.toml for a typing error. A name that only exists inside the office needs its network, or a VPN."},
		doctor.CauseDNSFailed:     {what: say.Key("No names of servers can be looked up."), do: say.Key("Check that this PC has a network. If other pages open, tell the administrator that no names are found (DNS).")},
		doctor.CauseRefused:       {what: say.Key("The server {host} is there, and accepts no connection at this port."), do: say.Key("Check the address for a typing error. If it is right, tell the administrator: the service is stopped, or a firewall refuses.")},
		doctor.CauseUnreachable:   {what: say.Key("The network does not lead to the server {host}."), do: say.Key("Check the network, or switch the VPN on that leads there.")},
		doctor.CauseTimeout:       {what: say.Key("The server {host} does not answer."), do: say.Key("Check the address for a typing error. If it is right, ask the administrator whether a firewall is in between.")},
		doctor.CauseProxyUnknown:  {what: say.Key("The proxy {proxy} cannot be reached."), do: "Correct proxy in [network] of office.toml, or the system's proxy settings; proxy = \"none\" goes without."},
		doctor.CauseProxySignIn:   {what: say.Key("The proxy {proxy} wants a sign-in, and refuses the one it got."), do: "Name the user as proxy_user in [network] of office.toml and give the password: `lockstepctl secret set proxy`."},
		doctor.CauseProxyRefuses:  {what: say.Key("The proxy {proxy} does not let the program through to {host}."), do: "Ask its administrator to allow {host}, or name the host in no_proxy of [network]."},
		doctor.CauseProxySettings: {what: say.Key("The proxy that is set cannot be used: {detail}."), do: "Correct proxy in [network] of office.toml."},
	}
}

func tlsCures() map[doctor.Cause]cureText {
	const trust = " If you know the server and the fingerprint is the one that its administrator reads out to you, trust exactly this certificate: pin_sha256 in {section} of office.toml."
	return map[doctor.Cause]cureText{
		doctor.CauseNotTLS:      {what: say.Key("What answers at {host} speaks no encryption."), do: say.Key("Check the address for a typing error. If it is right, ask the administrator for the port; encrypted services are usually at 443.")},
		doctor.CausePlain:       {what: say.Key("The connection to {host} is not encrypted: the network can see the password."), do: "Write https:// in the url, and remove plain = true."},
		doctor.CauseOldTLS:      {what: say.Key("The server knows only encryption that is out of date (before TLS 1.2)."), do: "Have the server updated. Until then legacy_tls = true in [exchange] of office.toml lets Lockstep speak it."},
		doctor.CauseTLSFailed:   {what: say.Key("Server and PC cannot agree on an encryption: {detail}."), do: say.Key("Have the administrator look at the server's encryption settings.")},
		doctor.CauseUntrusted:   {what: say.Key("The certificate of {host} is from an authority that this PC does not know: {issuer}."), do: "Get the authority's certificate from the administrator and name its file as ca_file in {section} of office.toml." + trust},
		doctor.CauseSelfSigned:  {what: say.Key("The certificate of {host} vouches for itself, as a new Exchange server's does."), do: "Have the server given a certificate of an authority." + trust},
		doctor.CauseIncomplete:  {what: say.Key("The server {host} sends its certificate without those in between up to the authority."), do: "Have the administrator install the intermediate certificates on the server, or name their file as ca_file in {section} of office.toml."},
		doctor.CauseWrongName:   {what: say.Key("The certificate is for another name than {host}."), do: "Use a name in the url that stands in the certificate (see the evidence)." + trust},
		doctor.CauseExpired:     {what: say.Key("The certificate of {host} ran out on {until}."), do: say.Key("Have the administrator renew it. Is this PC's clock right?")},
		doctor.CauseNotYetValid: {what: say.Key("The certificate of {host} is not valid yet."), do: say.Key("Check this PC's clock and date first; then ask the administrator.")},
		doctor.CauseChanged:     {what: say.Key("The certificate of {host} is not the one that was trusted."), do: "Stop and ask the administrator: has the certificate been renewed? Compare the fingerprint with what he reads out to you; only then write the new one as pin_sha256 in {section} of office.toml. If nobody has renewed it, somebody may be listening."},
		doctor.CauseInspected:   {what: say.Key("A program or device between this PC and {host} opens the encryption and shows a certificate of its own ({issuer})."), do: "Have {host} exempted from the inspection; or, if the office wants it so, name the inspecting authority's file as ca_file in {section} of office.toml."},
		doctor.CauseExpiresSoon: {what: say.Key("The certificate of {host} runs out in {days} days, on {until}."), do: say.Key("Have the administrator renew it before.")},
		doctor.CauseCAFile:      {what: say.Key("The file of the certificate authority cannot be used: {detail}."), do: "Correct ca_file in {section} of office.toml; it has to hold certificates in PEM form."},
	}
}

func serviceCures() map[doctor.Cause]cureText {
	return map[doctor.Cause]cureText{
		doctor.CauseNoService:   {what: say.Key("There is no Exchange web service at this address."), do: "Correct url in [exchange] of office.toml; it usually ends in /EWS/Exchange.asmx. `lockstepctl discover ADDRESS` finds it."},
		doctor.CauseWebPage:     {what: say.Key("A web page answers in place of {system}."), do: say.Key("Open the address in a browser: a network that wants to be signed in to (a hotel, a guest Wi-Fi) shows its page there. Otherwise check the address.")},
		doctor.CauseLoginPage:   {what: say.Key("A sign-in page stands before {system} ({location})."), do: say.Key("The gateway (TMG, UAG, ADFS or the like) has to let /EWS/ through without its page; ask the administrator, or use the address inside the office.")},
		doctor.CauseRedirected:  {what: say.Key("{system} sends the program on to {location}, and Lockstep never takes a password along."), do: "If that address is right, write it as the url in {section} of office.toml."},
		doctor.CauseBlocked:     {what: say.Key("{system} refuses this program as such (status 403)."), do: say.Key("EWS may be switched off, or allowed for some programs only: ask the administrator to allow the user agent Lockstep. A rule by address of the firewall looks like this too.")},
		doctor.CauseUnavailable: {what: say.Key("{system} is out of service at the moment."), do: say.Key("Try again in some minutes. If it stays, the administrator should look at the service (on Exchange: the application pool MSExchangeServicesAppPool).")},
		doctor.CauseBroken:      {what: say.Key("{system} answers with an error of its own."), do: say.Key("The administrator finds the cause in the server's log; Lockstep can do nothing about it.")},
		doctor.CauseCut:         {what: say.Key("The connection to {host} is cut before there is an answer."), do: say.Key("Tell the administrator: something in between (a firewall, a load balancer, a virus scanner) ends it.")},
		doctor.CauseNoAuth:      {what: say.Key("What answers at this address wants no sign-in, as no Exchange would."), do: "Correct url in [exchange] of office.toml, or have the sign-in of the EWS folder switched on."},
		doctor.CauseNotXML:      {what: say.Key("What answers is not {system}."), do: say.Key("Check the address. If it is right, ask the administrator whether a program in between changes the answers.")},
		doctor.CauseSetting:     {what: say.Key("The connection to {system} cannot be opened as it is set up: {detail}."), do: "Correct office.toml, and set the office up with it again."},
		doctor.CauseNotSetUp:    {what: say.Key("The office is not set up yet."), do: "Write an office.toml (`lockstepctl setup --example` prints one) and type `lockstepctl setup --file office.toml`."},
		doctor.CauseUnexpected:  {what: say.Key("{system} answers something that nobody has described ({detail})."), do: say.Key("Send the evidence to support.")},
		doctor.CauseTooOld:      {what: say.Key("This Exchange ({product}) is older than Lockstep can work with."), do: say.Key("Exchange 2007 Service Pack 1 is the oldest that works.")},
	}
}

func signInCures() map[doctor.Cause]cureText {
	return map[doctor.Cause]cureText{
		doctor.CauseNTLMOff:         {what: say.Key("Exchange does not offer NTLM; it offers {offered}."), do: "If it offers Basic, write auth = \"basic\" in [exchange] of office.toml. Otherwise the administrator switches Windows authentication on for the EWS folder: Set-WebServicesVirtualDirectory -WindowsAuthentication $true."},
		doctor.CauseBasicOff:        {what: say.Key("Exchange does not offer Basic; it offers {offered}."), do: "Remove auth = \"basic\" from [exchange] of office.toml: NTLM is the better way anyway."},
		doctor.CauseOAuthOnly:       {what: say.Key("The server takes modern sign-in (OAuth) alone, as Exchange Online does."), do: say.Key("A mailbox in Microsoft 365 cannot be kept in step by this version. Exchange on premises: have Windows authentication switched on for the EWS folder.")},
		doctor.CauseBasicOnly:       {what: say.Key("The account signs in by Basic, which sends the password with every request."), do: "Have NTLM switched on and remove auth = \"basic\" where that is possible."},
		doctor.CauseNoSecret:        {what: say.Key("No password is set for {system}."), do: "Type `lockstepctl secret set exchange` or `lockstepctl secret set severa`."},
		doctor.CauseWrongPassword:   {what: say.Key("{system} refuses user and password."), do: "Check the user and the domain in office.toml, and set the password anew: `lockstepctl secret set exchange`, for Severa `lockstepctl secret set severa`. If they are right, a gateway that opens the encryption together with Extended Protection can be the cause."},
		doctor.CauseLocked:          {what: say.Key("The account is locked."), do: say.Key("The administrator unlocks it (Unlock-ADAccount). Find out who locked it: a phone or a service with an old password does.")},
		doctor.CauseSignInStopped:   {what: say.Key("The sign-in is stopped: {system} has refused this password twice."), do: "Set the right password: `lockstepctl secret set exchange` or `lockstepctl secret set severa`. A new one is tried again."},
		doctor.CausePasswordExpired: {what: say.Key("The account's password has expired."), do: "Set a new password in the directory, let it not expire for this account, and tell Lockstep: `lockstepctl secret set exchange`."},
		doctor.CauseAccountDisabled: {what: say.Key("The account is switched off."), do: say.Key("The administrator switches it on (Enable-ADAccount).")},
		doctor.CauseBroke:           {what: say.Key("The connection is cut in the middle of the sign-in."), do: say.Key("Tell the administrator: a proxy or load balancer in between has to keep one connection for all steps of NTLM.")},
	}
}

func rightsCures() map[doctor.Cause]cureText {
	return map[doctor.Cause]cureText{
		doctor.CauseRoleMissing:  {what: say.Key("The account may not act for other people: it lacks the role ApplicationImpersonation."), do: askAdmin, script: scriptExchange},
		doctor.CauseOutOfScope:   {what: say.Key("The account may act for others, but not for this person: the role's scope does not take the person in."), do: "Put the person into the group that the scope names, or have the scope widened by the script.", script: scriptExchange},
		doctor.CauseDelegate:     {what: say.Key("The account may not act for the person, but it has full access to the mailbox."), do: "Write access = \"delegate\" in [exchange] of office.toml; or give it the role by the script.", script: scriptExchange},
		doctor.CauseImpersonate:  {what: say.Key("The account has no access of its own to the mailbox, but it may act for the person."), do: "Remove access = \"delegate\" from [exchange] of office.toml."},
		doctor.CauseTooWide:      {what: say.Key("The account may act for this person too, who should be outside of its reach."), do: say.Key("Have the role's scope narrowed to the group by the script."), script: scriptExchange},
		doctor.CauseNoSearch:     {what: say.Key("The server does not find an entry by its hidden mark."), do: say.Key("Lockstep works, but after a loss of its store it would have to match the entries by their contents. Send the evidence to support.")},
		doctor.CauseOverwrites:   {what: say.Key("The server overwrites an entry that has changed meanwhile, although it is told not to."), do: say.Key("A change of a person at the same moment as one of Lockstep can be lost. Send the evidence to support before you go on.")},
		doctor.CauseUnlike:       {what: say.Key("This server does something else than others do ({detail})."), do: say.Key("Lockstep works on, and entries may look a little different there. Send the evidence to support before the first sync.")},
		doctor.CauseNoMailbox:    {what: say.Key("This Exchange has no mailbox with the address {person}."), do: "Check the address in Severa, or name the right one in a [[person]] of office.toml."},
		doctor.CauseInCloud:      {what: say.Key("The mailbox is in Microsoft 365 and not on this server ({location})."), do: say.Key("This version keeps mailboxes on the office's own Exchange in step. Switch the person off, or move the mailbox.")},
		doctor.CauseAlias:        {what: say.Key("The address is a second one of a mailbox; its first is {primary}."), do: "Write exchange = \"{primary}\" for this person in office.toml."},
		doctor.CauseGroup:        {what: say.Key("The address is a distribution list and no mailbox."), do: say.Key("Name the people of the list one by one.")},
		doctor.CauseMoving:       {what: say.Key("The mailbox is being moved to another server."), do: say.Key("Nothing: wait until the move is done, then try again.")},
		doctor.CauseStoreDown:    {what: say.Key("The database with this mailbox is not running."), do: say.Key("The administrator mounts it (Mount-Database).")},
		doctor.CauseNoRight:      {what: say.Key("The account may not open this calendar."), do: askAdmin, script: scriptExchange},
		doctor.CauseReadOnly:     {what: say.Key("The account may read this calendar, but not write to it."), do: askAdmin + " For this person one direction needs no more: direction = \"collect\".", script: scriptExchange},
		doctor.CauseNoCalendar:   {what: say.Key("The mailbox has no calendar that can be found."), do: say.Key("Open it once in Outlook; then the calendar is made.")},
		doctor.CauseQuota:        {what: say.Key("The mailbox is full."), do: say.Key("The person deletes what is not needed and empties Deleted Items; or the administrator raises the limit (Set-Mailbox -ProhibitSendReceiveQuota).")},
		doctor.CauseWriteRefused: {what: say.Key("A test entry could not be written ({detail})."), do: say.Key("Send the evidence to support; a rule or a program on the server refuses entries.")},
		doctor.CauseNoProperty:   {what: say.Key("The server does not take the hidden mark ({detail})."), do: say.Key("The mailbox may have reached its limit of named properties: the administrator raises it (NamedPropertiesQuota), or moves the mailbox to another database.")},
		doctor.CausePropertyLost: {what: say.Key("The server takes the hidden mark and does not give it back."), do: say.Key("Lockstep must not run like this: it would make duplicates. A program on the server (an archive, a gateway) strips properties; send the evidence to support.")},
		doctor.CauseNotRemoved:   {what: say.Key("The test entry of this examination could not be removed again ({detail})."), do: say.Key("Nothing: the next examination removes it. It is on 1 January 2001, and takes no time.")},
		doctor.CauseNoNotices:    {what: say.Key("The server sends no notifications ({detail})."), do: say.Key("It works without: Lockstep looks every minute. To have them, the proxy or load balancer in between must keep connections open for half an hour.")},
		doctor.CauseThrottled:    {what: say.Key("Exchange asks the account to pause."), do: "Have the account given a throttling policy of its own, by the script.", script: scriptThrottle},
		doctor.CauseMailboxZone:  {what: say.Key("The person's mailbox is in the time zone {zone}, the office in {office_zone}."), do: "If the person works there, write zone = \"{zone}\" for this person in office.toml; otherwise correct it in Outlook on the web."},
		doctor.CauseDynamics:     {what: say.Key("Microsoft Dynamics keeps entries of this calendar in step too."), do: say.Key("Let one program alone do it: switch the synchronisation of appointments off there for this person, or this person off here.")},
		doctor.CauseOGCS:         {what: say.Key("Outlook Google Calendar Sync has made entries in this calendar."), do: say.Key("See that it and Lockstep do not copy the same entries back and forth: filter its category out, or stop it.")},
		doctor.CauseAnotherOffice: {
			what: say.Key("Another installation of Lockstep, set up under another name, has marked entries of this calendar."),
			do:   say.Key("Find the other installation and stop one of the two, or set this one up under the same office name."),
		},
	}
}

func officeCures() map[doctor.Cause]cureText {
	return map[doctor.Cause]cureText{
		doctor.CauseServerClock:   {what: say.Key("Exchange's clock is off by {off}."), do: say.Key("Have the server's clock set by the network (on Windows: w32tm /resync).")},
		doctor.CauseBusinessClock: {what: say.Key("Severa's clock is off by {off} from this PC's."), do: say.Key("Check this PC's clock; Severa's is beyond the office's reach.")},
		doctor.CausePCClock:       {what: say.Key("This PC's clock is off by {off}: both servers agree against it."), do: say.Key("Let the clock of this PC be set over the network.")},

		doctor.CauseScopeMissing:  {what: say.Key("Severa accepts the sign-in, but the permission {scope} is missing."), do: say.Key("Add it to the credentials in Severa: Settings, Integrations, REST API.")},
		doctor.CauseTerms:         {what: say.Key("Nobody has approved the terms of Severa's REST API yet."), do: say.Key("An administrator of Severa approves them: Settings, Integrations, REST API.")},
		doctor.CauseAddon:         {what: say.Key("The organisation does not have Severa's REST API add-on."), do: say.Key("Order the add-on from Visma.")},
		doctor.CauseOrganisation:  {what: say.Key("The organisation in Severa is not active."), do: say.Key("Ask Visma what it needs to be active again.")},
		doctor.CauseNoTypes:       {what: say.Key("Severa has no activity type that an entry from Exchange could get."), do: say.Key("Make one active in Severa: Settings, Activity types, of the category Calendar.")},
		doctor.CauseNoDefaultType: {what: say.Key("No activity type of Severa is the default, so one is chosen by its category."), do: say.Key("Mark the type that entries from Exchange should get as the default in Severa: Settings, Activity types.")},
		doctor.CauseNoPersonal:    {what: say.Key("Severa has no activity type of the category Personal, so private entries can only be shown as busy there."), do: say.Key("Make one in Severa: Settings, Activity types, category Personal. Then private entries can be kept whole.")},
		doctor.CauseTypeGone:      {what: say.Key("Severa has no activity type “{detail}”, which is chosen to go to Exchange."), do: "Somebody has renamed or removed it. Correct types in [rules] of office.toml."},
		doctor.CauseTypeForbidden: {what: say.Key("Severa shows these credentials no entries of the activity type “{type}”."), do: say.Key("Have the credentials' rights looked at in Severa (Settings, Integrations, REST API), or leave this type out under Rules.")},
		doctor.CausePersonalOff:   {what: say.Key("“{detail}”, the activity type for private entries, is switched off in Severa."), do: say.Key("Switch it on in Severa: Settings, Activity types. Until then Severa may refuse private entries.")},
		doctor.CauseNoRights:      {what: say.Key("Severa refuses what these credentials ask ({detail})."), do: say.Key("Have the credentials' rights looked at in Severa: Settings, Integrations, REST API.")},

		doctor.CauseBusinessQuota: {what: say.Key("Severa's quota of requests is used up for the moment."), do: say.Key("Wait a minute and try again. Another program that uses the same credentials spends the same quota: give each its own.")},
		doctor.CauseNoAPI:         {what: say.Key("There is no Severa REST API at this address."), do: "Correct url in [severa] of office.toml, or remove it: Lockstep knows the usual one."},

		doctor.CauseNotInBusiness: {what: say.Key("Severa has no user with this person's address."), do: "Correct the e-mail address in Severa, or name both addresses in a [[person]] of office.toml."},
		doctor.CauseUserInactive:  {what: say.Key("The person's user in Severa is switched off."), do: "Switch the user on in Severa, or the person off here: `lockstepctl people disable ADDRESS`."},
		doctor.CauseTwice:         {what: say.Key("Severa has several active users with this person's address."), do: say.Key("Correct the address of all but one in Severa.")},
		doctor.CauseNotOwner:      {what: say.Key("Severa does not list this person among those who can have activities of their own."), do: say.Key("Look at the person's licence and permissions in Severa. Until then Severa may refuse entries from this person's calendar.")},
		doctor.CauseNobody:        {what: say.Key("Nobody is in both systems with the same address."), do: "Correct the addresses in Severa, or name people in [[person]] of office.toml."},

		doctor.CauseStoreDamaged: {what: say.Key("Lockstep's own store is not sound."), do: "Type `lockstepctl check --repair`."},
		doctor.CauseDiskLow:      {what: say.Key("The disk has only {free} left."), do: say.Key("Make room; Lockstep stops writing when the disk is full.")},
		doctor.CauseStandby:      {what: say.Key("Another PC keeps the office in step ({holder}); this one only reads."), do: "Nothing, if that is as it should be. To write from here: `lockstepctl takeover`."},
		doctor.CauseNoTray:       {what: say.Key("This desktop shows no icons of programs, so Lockstep's is not seen."), do: "On GNOME install the extension AppIndicator. `lockstepctl status` tells the same."},
		doctor.CauseNoAutostart:  {what: say.Key("Lockstep does not start by itself when you sign in."), do: "Switch it on in the settings, if you want it."},
		doctor.CauseOutOfSupport: {what: say.Key("{product} is no longer mended by its maker."), do: say.Key("Plan the move to a newer version. Lockstep goes on working with it.")},
		doctor.CauseCloudEWS:     {what: say.Key("This is Exchange Online, which ends its web service (EWS) for good on 1 April 2027."), do: say.Key("Ask for a version of Lockstep that works with Microsoft Graph before that day.")},
	}
}
