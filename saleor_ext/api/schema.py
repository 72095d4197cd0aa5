"""The GraphQL schema: all queries and mutations."""

import graphene

from saleor_ext.api.content.mutations.content_opening_set import ContentOpeningSet
from saleor_ext.api.content.mutations.event_enter import EventEnter
from saleor_ext.api.content.mutations.event_leave import EventLeave
from saleor_ext.api.content.queries import ContentQueries
from saleor_ext.api.donations.mutations.card_change_begin import CardChangeBegin
from saleor_ext.api.donations.mutations.card_change_finish import CardChangeFinish
from saleor_ext.api.fulfilment.mutations.shipment_number_correct import ShipmentNumberCorrect
from saleor_ext.api.fulfilment.mutations.shipment_ready import ShipmentReady
from saleor_ext.api.fulfilment.mutations.shipment_ship import ShipmentShip
from saleor_ext.api.fulfilment.mutations.shipment_unready import ShipmentUnready
from saleor_ext.api.fulfilment.queries import FulfilmentQueries
from saleor_ext.api.giving.mutations.membership_give import MembershipGive
from saleor_ext.api.giving.mutations.membership_take_back import MembershipTakeBack
from saleor_ext.api.giving.mutations.month_address_return import MonthAddressReturn
from saleor_ext.api.giving.mutations.month_address_set import MonthAddressSet
from saleor_ext.api.giving.mutations.received_accept import ReceivedAccept
from saleor_ext.api.giving.mutations.received_leave import ReceivedLeave
from saleor_ext.api.giving.queries import GivingQueries
from saleor_ext.api.law.queries import LawQueries
from saleor_ext.api.membership.choices import ChoiceQueries
from saleor_ext.api.membership.mutations.donor_details_set import DonorDetailsSet
from saleor_ext.api.membership.mutations.membership_after_term_set import MembershipAfterTermSet
from saleor_ext.api.membership.mutations.membership_anchor_set import MembershipAnchorSet
from saleor_ext.api.membership.mutations.membership_box_swap import MembershipBoxSwap
from saleor_ext.api.membership.mutations.membership_cancel import MembershipCancel
from saleor_ext.api.membership.mutations.membership_cancel_undo import MembershipCancelUndo
from saleor_ext.api.membership.mutations.membership_join_free import MembershipJoinFree
from saleor_ext.api.membership.mutations.membership_park import MembershipPark
from saleor_ext.api.membership.mutations.membership_pause import MembershipPause
from saleor_ext.api.membership.mutations.membership_resident_wish_set import (
    MembershipResidentWishSet,
)
from saleor_ext.api.membership.mutations.membership_resume import MembershipResume
from saleor_ext.api.membership.mutations.membership_skip import MembershipSkip
from saleor_ext.api.membership.mutations.membership_skip_undo import MembershipSkipUndo
from saleor_ext.api.membership.mutations.membership_term_begin import MembershipTermBegin
from saleor_ext.api.membership.mutations.membership_tier_set import MembershipTierSet
from saleor_ext.api.membership.mutations.membership_unpark import MembershipUnpark
from saleor_ext.api.membership.mutations.membership_use_set import MembershipUseSet
from saleor_ext.api.membership.mutations.membership_year_turn import MembershipYearTurn
from saleor_ext.api.membership.mutations.year_limit_remove import YearLimitRemove
from saleor_ext.api.membership.mutations.year_limit_set import YearLimitSet
from saleor_ext.api.membership.queries import MembershipQueries
from saleor_ext.api.membership.terms import TermQueries
from saleor_ext.api.membership.whole_choices import WholeChoiceQueries
from saleor_ext.api.onestop.mutations.onestop_accept import OnestopAccept
from saleor_ext.api.onestop.mutations.onestop_change_write import OnestopChangeWrite
from saleor_ext.api.onestop.mutations.onestop_incomplete import OnestopIncomplete
from saleor_ext.api.onestop.mutations.onestop_receive import OnestopReceive
from saleor_ext.api.onestop.mutations.onestop_void import OnestopVoid
from saleor_ext.api.onestop.mutations.onestop_wish_set import OnestopWishSet
from saleor_ext.api.onestop.mutations.onestop_wish_withdraw import OnestopWishWithdraw
from saleor_ext.api.onestop.queries import OnestopQueries
from saleor_ext.api.receipts.mutations.receipt_fetch import ReceiptFetch
from saleor_ext.api.receipts.mutations.receipt_reissue import ReceiptReissue
from saleor_ext.api.receipts.mutations.receipt_spelling_set import ReceiptSpellingSet
from saleor_ext.api.receipts.mutations.receipt_verify import ReceiptVerify
from saleor_ext.api.receipts.mutations.receipt_year_fetch import ReceiptYearFetch
from saleor_ext.api.swaps.mutations.alternate_propose import AlternatePropose
from saleor_ext.api.swaps.mutations.alternate_withdraw import AlternateWithdraw
from saleor_ext.api.swaps.mutations.membership_swap_wish_set import MembershipSwapWishSet
from saleor_ext.api.swaps.mutations.swap_answer import SwapAnswer
from saleor_ext.api.swaps.queries import SwapQueries


class Query(
    MembershipQueries,
    ChoiceQueries,
    TermQueries,
    WholeChoiceQueries,
    FulfilmentQueries,
    ContentQueries,
    GivingQueries,
    SwapQueries,
    LawQueries,
    OnestopQueries,
):
    """Everything that can be asked."""


class Mutation(graphene.ObjectType):
    """Everything that can be changed."""

    alternate_propose = AlternatePropose.Field()
    alternate_withdraw = AlternateWithdraw.Field()
    membership_swap_wish_set = MembershipSwapWishSet.Field()
    swap_answer = SwapAnswer.Field()
    card_change_begin = CardChangeBegin.Field()
    card_change_finish = CardChangeFinish.Field()
    donor_details_set = DonorDetailsSet.Field()
    content_opening_set = ContentOpeningSet.Field()
    event_enter = EventEnter.Field()
    event_leave = EventLeave.Field()
    membership_after_term_set = MembershipAfterTermSet.Field()
    membership_box_swap = MembershipBoxSwap.Field()
    membership_give = MembershipGive.Field()
    membership_take_back = MembershipTakeBack.Field()
    month_address_return = MonthAddressReturn.Field()
    month_address_set = MonthAddressSet.Field()
    onestop_accept = OnestopAccept.Field()
    onestop_change_write = OnestopChangeWrite.Field()
    onestop_incomplete = OnestopIncomplete.Field()
    onestop_receive = OnestopReceive.Field()
    onestop_void = OnestopVoid.Field()
    onestop_wish_set = OnestopWishSet.Field()
    onestop_wish_withdraw = OnestopWishWithdraw.Field()
    receipt_fetch = ReceiptFetch.Field()
    receipt_reissue = ReceiptReissue.Field()
    receipt_spelling_set = ReceiptSpellingSet.Field()
    receipt_verify = ReceiptVerify.Field()
    receipt_year_fetch = ReceiptYearFetch.Field()
    received_accept = ReceivedAccept.Field()
    received_leave = ReceivedLeave.Field()
    membership_join_free = MembershipJoinFree.Field()
    membership_park = MembershipPark.Field()
    membership_resident_wish_set = MembershipResidentWishSet.Field()
    membership_use_set = MembershipUseSet.Field()
    membership_skip = MembershipSkip.Field()
    membership_skip_undo = MembershipSkipUndo.Field()
    membership_term_begin = MembershipTermBegin.Field()
    membership_pause = MembershipPause.Field()
    membership_resume = MembershipResume.Field()
    membership_anchor_set = MembershipAnchorSet.Field()
    membership_tier_set = MembershipTierSet.Field()
    membership_cancel = MembershipCancel.Field()
    membership_cancel_undo = MembershipCancelUndo.Field()
    membership_unpark = MembershipUnpark.Field()
    shipment_ready = ShipmentReady.Field()
    shipment_ship = ShipmentShip.Field()
    shipment_number_correct = ShipmentNumberCorrect.Field()
    shipment_unready = ShipmentUnready.Field()
    membership_year_turn = MembershipYearTurn.Field()
    year_limit_remove = YearLimitRemove.Field()
    year_limit_set = YearLimitSet.Field()


schema = graphene.Schema(query=Query, mutation=Mutation)
