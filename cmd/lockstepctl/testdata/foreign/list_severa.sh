#!/bin/sh
# Lists every activity by its owner's address, as JSON on standard output.
# Standard input is the line that `lockstepctl sim` prints.
set -eu
access=$(cat)
url=$(printf %s "$access" | jq -er .severa.url)/v1
token=$(printf %s "$access" | jq '{client_id: .severa.client_id, client_secret: .severa.client_secret,
  scope: "activities:read,users:read,settings:read"}' |
  curl -sS -f --retry 9 -H 'Content-Type: application/json' -d @- "$url/token" | jq -er .access_token)
client=$(printf %s "$access" | jq -er .severa.client_id)
call() { curl -sS -f --retry 9 -H "Authorization: Bearer $token" -H "Client_Id: $client" "$@"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
call "$url/users" | jq 'map({key: .guid, value: (.email | ascii_downcase)}) | from_entries' >"$work/users"
call "$url/activitytypes" | jq 'map(select(.category == "Personal").guid)' >"$work/personal"
: >"$work/rows"
next=
while :; do
  call -D "$work/head" -G --data-urlencode "pageToken=$next" \
    --data-urlencode startDateTime=2025-01-01T00:00:00Z --data-urlencode endDateTime=2028-01-01T00:00:00Z "$url/activities" >"$work/page"
  jq -c '.[]' "$work/page" >>"$work/rows"
  next=$(tr -d '\r' <"$work/head" | sed -n 's/^[Nn]ext[Pp]age[Tt]oken: //p')
  [ -n "$next" ] || break
done
: >"$work/members"
jq -r .guid "$work/rows" | while read -r id; do
  call "$url/activities/$id/activityparticipants" | jq -c --arg id "$id" '{key: $id, value: map(.participantGuid)}' >>"$work/members"
done
jq -s 'from_entries' "$work/members" >"$work/participants"
jq -s --slurpfile users "$work/users" --slurpfile personal "$work/personal" --slurpfile participants "$work/participants" '
  def utc: sub("\\.[0-9]+"; "") | sub("\\+00:00$"; "Z");
  def day: fromdateiso8601 + 43200 | todateiso8601 | .[:10];
  def moment($whole): utc | if $whole then day else . end;
  map({owner: $users[0][.ownerUser.guid], entry: {
    subject: .name,
    start: (.isAllDay as $w | .startDateTime | moment($w)),
    end: (.isAllDay as $w | (.endDateTime // (.startDateTime | utc | fromdateiso8601 + 86400 | todateiso8601)) | moment($w)),
    all_day: .isAllDay,
    location: (.location // ""),
    notes: (.notes // ""),
    private: (.activityType.guid as $t | $personal[0] | any(. == $t)),
    people: ($participants[0][.guid] | map($users[0][.] // .) | sort)}})
  | group_by(.owner) | map({key: .[0].owner, value: map(.entry)}) | from_entries' "$work/rows"
