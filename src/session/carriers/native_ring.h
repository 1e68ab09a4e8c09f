#pragma once

#include "codec/seal/sealed_session.h"
#include "latchkey/codec/native_seal.h"
#include "latchkey/record.h"
#include "session/carriers/per_ring.h"

namespace latchkey::session {

// native_sealer makes sealers out of key rings. The seal itself separates purposes
// (docs/formats/native_seal.md), so it takes the secrets as they are.
PerRing<NativeSealer>::Make native_sealer(NativeSealOptions options);

// to_sealed and from_sealed leave `epoch`, `revision` and `version` to the carrier.
codec::SealedSession to_sealed(const SessionRecord& record);
SessionRecord from_sealed(const codec::SealedSession& session);

}  // namespace latchkey::session
